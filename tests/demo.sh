#!/usr/bin/env bash
# Shows what the program does on a machine without a display: edits the samples on the command line and writes a page with the
# photographs before and after, the masks, and what the program says of each step.
#
#     tests/demo.sh PROGRAM FOLDER
set -u -o pipefail
program=$1 folder=$2
samples=$(dirname "$0")/../assets/samples
mkdir -p "$folder"
page=$folder/index.html
escaped() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/"/\&quot;/g'; }

cat >"$page" <<'HTML'
<!doctype html>
<html lang=en>
<meta charset=utf-8>
<meta name=viewport content="width=device-width">
<title>Tie Studio: six edits</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
main { max-width: 1000px; margin: 2rem auto; padding: 0 1rem }
section { margin: 3rem 0 }
h2 { font-size: 1.25rem }
figure { margin: 0 }
figcaption, pre, .links { font-size: .85rem; opacity: .8 }
pre { white-space: pre-wrap }
.row { display: flex; gap: 12px }
.row > figure { flex: 1 }
.row img { width: 100%; display: block; border-radius: 6px }
.masks img { height: 96px; width: auto; border: 1px solid #8886 }
.masks > figure { flex: none }
</style>
<main>
<h1>Tie Studio: six edits</h1>
<p>Each photograph was edited by the instruction above it, with the engines that the program carries: nothing was downloaded,
and nobody corrected anything. Below it are the masks, and what the program says of each step.</p>
HTML

number=0 failures=0
while IFS=$'\t' read -r sample instruction; do
	[[ $sample == \#* ]] && continue
	number=$((number + 1))
	echo "$number. $sample: $instruction"
	before=$number-before.${sample##*.} after=$number-after.png masks=$number-masks
	cp "$samples/$sample" "$folder/$before"
	rm -rf "${folder:?}/$masks"
	"$program" plan "$instruction" >"$folder/$number-plan.json" || failures=$((failures + 1))
	said=$("$program" edit "$samples/$sample" "$instruction" -o "$folder/$after" \
		--report "$folder/$number-report.json" --masks "$folder/$masks" 2>&1) || failures=$((failures + 1))
	echo "$said"
	{
		echo "<section><h2>“$(escaped <<<"$instruction")”</h2><div class=row>"
		echo "<figure><img src=\"$before\" alt=before><figcaption>Before</figcaption></figure>"
		echo "<figure><img src=\"$after\" alt=after><figcaption>After</figcaption></figure></div><div class=\"row masks\">"
		for mask in "$folder/$masks"/*-used.png; do
			name=${mask##*/}
			echo "<figure><img src=\"$masks/$name\" alt=mask><figcaption>${name%-used.png}</figcaption></figure>"
		done
		echo "</div><pre>$(escaped <<<"$said")</pre>"
		echo "<p class=links><a href=\"$number-plan.json\">plan</a> · <a href=\"$number-report.json\">report</a></p></section>"
	} >>"$page"
done <"$samples/stories.tsv"
echo "</main>" >>"$page"
echo "open $page"
exit $((failures > 0))
