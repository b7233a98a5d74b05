// node make_networks.js FOLDER NETWORK INPUT.f32 SHAPE OUT.json
// Runs a TensorFlow.js network of FOLDER (human-models' models) on raw floats and writes all its answers.
// Needs: npm i @tensorflow/tfjs@4 @tensorflow/tfjs-backend-wasm@4
const fs = require('fs'), path = require('path')
const tf = require('@tensorflow/tfjs'), wasm = require('@tensorflow/tfjs-backend-wasm')

async function main () {
  const [folder, network, input, shape, out] = process.argv.slice(2)
  wasm.setWasmPaths(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + '/')
  await tf.setBackend('wasm')
  await tf.ready()
  const json = JSON.parse(fs.readFileSync(`${folder}/${network}.json`)), bin = fs.readFileSync(`${folder}/${network}.bin`)
  const weightData = bin.buffer.slice(bin.byteOffset, bin.byteOffset + bin.length)
  const weightSpecs = json.weightsManifest[0].weights
  const { modelTopology, signature, format } = json
  const model = await tf.loadGraphModel({ load: async () => ({ modelTopology, weightSpecs, weightData, signature, format }) })
  const bytes = fs.readFileSync(input)
  const floats = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  let answers = model.execute(tf.tensor(floats, shape.split(',').map(Number)))
  answers = Array.isArray(answers) ? answers : [answers]
  const written = await Promise.all(answers.map(async (t) => ({ shape: t.shape, values: Array.from(await t.data()) })))
  fs.writeFileSync(out, JSON.stringify(written))
}

main()
