//! The render pipelines and their shaders.

use super::fill;

/// The shader of one rectangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shader {
    Image,
    Patch,
    Grid,
    Mask,
    Ring,
    Changes,
    Cursor,
}

impl Shader {
    const ALL: [Self; 7] = [Self::Image, Self::Patch, Self::Grid, Self::Mask, Self::Ring, Self::Changes, Self::Cursor];

    /// Its name and its own part of the source; how many textures it reads; whether it uses `marks.wgsl`.
    const fn parts(self) -> (&'static str, &'static str, usize, bool) {
        match self {
            Self::Image => ("image", include_str!("../../shaders/image.wgsl"), 1, false),
            Self::Patch => ("patch", include_str!("../../shaders/patch.wgsl"), 1, false),
            Self::Grid => ("grid", include_str!("../../shaders/grid.wgsl"), 0, false),
            Self::Mask => ("mask", include_str!("../../shaders/mask.wgsl"), 1, true),
            Self::Ring => ("ring", include_str!("../../shaders/ring.wgsl"), 1, true),
            Self::Changes => ("changes", include_str!("../../shaders/changes.wgsl"), 2, true),
            Self::Cursor => ("cursor", include_str!("../../shaders/cursor.wgsl"), 0, false),
        }
    }

    fn source(self) -> String {
        let (_, own, textures, marks) = self.parts();
        let shared = [
            (include_str!("../../shaders/quad.wgsl"), true),
            (include_str!("../../shaders/texture.wgsl"), textures > 0),
            (include_str!("../../shaders/marks.wgsl"), marks),
            (own, true),
        ];
        shared.iter().filter(|(_, used)| *used).map(|(text, _)| *text).collect::<Vec<_>>().join("\n")
    }
}

/// The full WGSL of every pipeline, with its name: compiled at run time and validated in tests.
pub fn shader_sources() -> Vec<(&'static str, String)> {
    let mut sources: Vec<_> = Shader::ALL.iter().map(|shader| (shader.parts().0, shader.source())).collect();
    sources.extend(
        [("mip", MIP_SOURCE), ("search", fill::SEARCH), ("vote", fill::VOTE)]
            .map(|(name, text)| (name, text.to_owned())),
    );
    sources
}

/// Halves a texture.
pub(super) const MIP_SOURCE: &str = include_str!("../../shaders/mip.wgsl");

/// One pipeline for each shader.
pub(super) struct Pipelines(Vec<wgpu::RenderPipeline>);

impl Pipelines {
    pub(super) fn new(
        device: &wgpu::Device,
        target: wgpu::TextureFormat,
        uniforms: &wgpu::BindGroupLayout,
        texture: &wgpu::BindGroupLayout,
    ) -> Self {
        let over = wgpu::ColorTargetState {
            format: target,
            blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
            write_mask: wgpu::ColorWrites::ALL,
        };
        let pipeline = |shader: &Shader| {
            let (name, _, textures, _) = shader.parts();
            let layouts = &[uniforms, texture, texture][..=textures];
            let topology = wgpu::PrimitiveTopology::TriangleStrip;
            render_pipeline(device, name, &shader.source(), layouts, over.clone(), topology)
        };
        Self(Shader::ALL.iter().map(pipeline).collect())
    }

    pub(super) fn get(&self, shader: Shader) -> &wgpu::RenderPipeline {
        &self.0[shader as usize]
    }
}

/// A pipeline that draws with the shader's `vs_main` and `fs_main` and no vertex buffers.
pub(super) fn render_pipeline(
    device: &wgpu::Device,
    name: &str,
    source: &str,
    layouts: &[&wgpu::BindGroupLayout],
    target: wgpu::ColorTargetState,
    topology: wgpu::PrimitiveTopology,
) -> wgpu::RenderPipeline {
    let label = Some(name);
    let module = device
        .create_shader_module(wgpu::ShaderModuleDescriptor { label, source: wgpu::ShaderSource::Wgsl(source.into()) });
    let layouts: Vec<Option<&wgpu::BindGroupLayout>> = layouts.iter().copied().map(Some).collect();
    let layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label,
        bind_group_layouts: &layouts,
        immediate_size: 0,
    });
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label,
        layout: Some(&layout),
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: Some("vs_main"),
            buffers: &[],
            compilation_options: wgpu::PipelineCompilationOptions::default(),
        },
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: Some("fs_main"),
            targets: &[Some(target)],
            compilation_options: wgpu::PipelineCompilationOptions::default(),
        }),
        primitive: wgpu::PrimitiveState { topology, ..Default::default() },
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        multiview_mask: None,
        cache: None,
    })
}

/// Numbers of one of many rectangles, chosen by an offset.
pub(super) const fn uniform_entry(binding: u32) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
        ty: wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: true,
            min_binding_size: None,
        },
        count: None,
    }
}

/// A filtered texture that the fragment shader reads.
pub(super) const fn texture_entry(binding: u32) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty: wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable: true },
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        },
        count: None,
    }
}

/// A filtering sampler of the fragment shader.
pub(super) const fn sampler_entry(binding: u32) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::FRAGMENT,
        ty: wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering),
        count: None,
    }
}
