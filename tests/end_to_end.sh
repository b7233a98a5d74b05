#!/usr/bin/env bash
# The story of the README without a window, with the binary that was built.
set -euo pipefail
studio=$(realpath "$1")
root=$(realpath "$(dirname "$0")/..")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
before=$(sha256sum <"$root/assets/samples/coffee.png")

# What is unsure is left out unless it is accepted; the exit code says so (3: done in part).
status=0
"$studio" edit "$root/assets/samples/coffee.png" "remove the spoon and turn the cup blue" -o careful.png --masks masks || status=$?
[ "$status" -eq 3 ] || [ "$status" -eq 0 ] || { echo "edit ended with $status" >&2; exit 1; }
[ -s masks/1-remove-spoon-A.png ] || { echo "no mask was written" >&2; exit 1; }
status=0
"$studio" edit "$root/assets/samples/coffee.png" "remove the spoon and turn the cup blue" --accept-unsure -o out.png --report r.json || status=$?
[ "$status" -eq 0 ] || { echo "edit ended with $status" >&2; exit 1; }
[ -s out.png ] || { echo "no picture was written" >&2; exit 1; }
grep -q '"outside": 0' r.json || { echo "the report does not say that nothing changed outside" >&2; exit 1; }
! grep -q '"outside": [1-9]' r.json || { echo "pixels outside a mask changed" >&2; exit 1; }
[ "$before" = "$(sha256sum <"$root/assets/samples/coffee.png")" ] || { echo "the source was changed" >&2; exit 1; }

"$studio" plan "remove the spoon and turn the cup blue" -o plan.json
"$studio" edit "$root/assets/samples/coffee.png" --plan plan.json --accept-unsure -o again.png || [ $? -eq 3 ]
cmp out.png again.png || { echo "the same plan gave another picture" >&2; exit 1; }
"$studio" locate "$root/assets/samples/coffee.png" "cup" -o cup.png
"$studio" inpaint "$root/assets/samples/coffee.png" --mask cup.png -o gone.jpg
"$studio" doctor >/dev/null
echo "end to end: ok"
