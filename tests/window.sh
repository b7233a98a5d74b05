#!/usr/bin/env bash
# The real window on a virtual screen: it opens, plans, paints, runs, approves, saves and closes by pointer and keys.
set -euo pipefail
studio=$(realpath "$1")
root=$(realpath "$(dirname "$0")/..")
folder=$(mktemp -d)
log="$folder/log"
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>"$folder/display" 2>/dev/null &
screen=$!
trap 'kill ${window:-} $screen 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
for _ in $(seq 100); do [ -s "$folder/display" ] && break; sleep 0.1; done
DISPLAY=":$(cat "$folder/display")"
export DISPLAY
unset WAYLAND_DISPLAY
# Nobody's own settings are read or written.
export XDG_CONFIG_HOME="$folder/config" XDG_DATA_HOME="$folder/data"
"$studio" "$root/assets/samples/coffee.png" >"$log" 2>&1 &
window=$!
find_window() { timeout 60 xdotool search --sync --onlyvisible --name '^coffee.png.*Tie Studio$' | head -n 1; }
fail() { echo "$1" >&2; cat "$log" >&2; exit 1; }
id=$(find_window)
[ -n "$id" ] || fail "no window"
xdotool windowfocus "$id" 2>/dev/null || true
key() { xdotool key --clearmodifiers "$@"; sleep 0.6; }
# The first frames are slow: pipelines are made.
sleep 1
# Click into the instruction, type, plan, run, approve.
eval "$(xdotool getwindowgeometry --shell "$id")"
xdotool mousemove $((X + WIDTH - 180)) $((Y + 90)) click 1
sleep 0.5
xdotool type --delay 20 "turn the cup blue"
key ctrl+Return
# Paint into the mask that was found; the star in the title says that something was corrected.
paint() {
    xdotool mousemove $((X + (WIDTH - 400) / 2)) $((Y + HEIGHT * 3 / 4)) mousedown 1
    for _ in 1 2 3 4 5 6; do xdotool mousemove_relative 12 4; sleep 0.05; done
    xdotool mouseup 1
    sleep 0.5
}
for _ in $(seq 60); do
    paint
    title=$(xdotool getwindowname "$id")
    [[ $title == "coffee.png *"* ]] && break
done
[[ $title == "coffee.png *"* ]] || fail "nothing was painted: the title is \"$title\""
# Run, approve, save. The keys do nothing until there is something to run or to approve, so that a slow machine only
# takes longer; the star goes when the corrected step is approved and the picture is saved.
saved="$folder/saved.png"
for try in $(seq 20); do
    for _ in 1 2 3; do key ctrl+Return; key Return; done
    key ctrl+s
    if [ "$try" = 1 ]; then
        # Where the system has no file dialog the window asks for the path itself.
        sleep 1
        key ctrl+a
        xdotool type --delay 20 "$saved"
        key Return
    fi
    sleep 1
    title=$(xdotool getwindowname "$id")
    [[ $title == "saved.png – "* ]] && break
done
[[ $title == "saved.png – "* ]] || fail "the step was not approved and saved: the title is \"$title\""
[ -s "$saved" ] || fail "nothing was saved"
# The edits are saved: Ctrl+Q closes without a question.
xdotool windowsize "$id" 1000 650
sleep 1
quit() {
    key ctrl+q
    for _ in $(seq 100); do
        kill -0 "$window" 2>/dev/null || { wait "$window" && return 0; }
        sleep 0.1
    done
    fail "the window did not close"
}
quit
# The next start finds the recent photograph and the window's size, also if the screen where it stood is gone.
sed -i 's/outer_position_pixels:Some([^)]*))/outer_position_pixels:Some((x:5000.0,y:4000.0))/' "$folder/data/tie-studio/app.ron"
grep -q 'coffee.png' "$folder/config/tie-studio/settings.ron" || fail "the photograph is not on the list of recent ones"
"$studio" "$root/assets/samples/coffee.png" >"$log" 2>&1 &
window=$!
id=$(find_window)
[ -n "$id" ] || fail "no window the second time"
sleep 1
eval "$(xdotool getwindowgeometry --shell "$id")"
[ "$X" -lt 1280 ] && [ "$Y" -lt 800 ] || fail "the window stands at $X, $Y, where nobody sees it"
[ "$WIDTH $HEIGHT" = "1000 650" ] || fail "the window was 1000 x 650 and is $WIDTH x $HEIGHT"
xdotool windowfocus "$id" 2>/dev/null || true
quit
echo "window: ok"
