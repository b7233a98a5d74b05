# The words of the window in English (Project Fluent, https://projectfluent.org).
# Sentence case; no full stop after a phrase; "…" where more is asked.

app-name = Tie Studio

## Canvas

canvas = Canvas
canvas-split = Comparison split
canvas-original = Original
canvas-compare = Left: original, right: edited. C ends the comparison
canvas-planning = Planning…
canvas-no-steps = Type what to change on the right and press Ctrl+Enter, or paint over what shall go
canvas-nothing-found = Nothing found: paint over it with the brush, or click it with the smart select (S)
canvas-unsure = This region is not sure: click its letter if it is right, or correct the mask
canvas-ambiguous = Several regions fit: click the letter of the one that you mean, or take all of them
canvas-smart-hover = Click to select this: it { $what }
canvas-smart = Click what belongs to it, Shift-click what does not, or drag a box around it
canvas-selecting = Looking…
canvas-selected = Enter takes it over, Esc drops it; more clicks refine it
canvas-selected-several = Enter takes it over, Esc drops it, Tab shows the next; more clicks refine it
canvas-selected-nothing = Nothing fits these clicks; add more or press Esc
canvas-polygon = Click the corners; double-click or Enter closes, Esc drops it
canvas-tolerance = Tolerance { $tolerance }

## Tools

tool-view = View
tool-brush = Brush
tool-eraser = Eraser
tool-lasso = Lasso
tool-shape = Shape
tool-wand = Magic wand
tool-smart = Smart select
tool-context = Context box

options-view = Drag moves the view, the wheel zooms, a double click fits
options-size = Size
options-hardness = Hardness
options-opacity = Opacity
options-spacing = Spacing
options-pressure = Pen
options-pressure-nothing = nothing
options-pressure-size = size
options-pressure-opacity = opacity
options-freehand = Freehand
options-polygon = Polygon
options-rectangle = Rectangle
options-ellipse = Ellipse
options-shape = Shift makes it square
options-tolerance = Tolerance
options-contiguous = Contiguous
options-wand = Drag to change the tolerance
options-smart = Click, Shift-click, or drag a box
options-add = Add to the mask
options-subtract = Subtract from the mask
options-intersect = Keep only what is in both
options-accept = Accept
options-discard = Discard
options-next = Next ({ $shown } of { $all })
options-next-tip = Another region that fits (Tab)
options-no-context = The box appears when the step has a mask and an engine
options-context = What the engine sees of the photograph
options-context-chosen = { $size } px, chosen by you
options-context-automatic = { $size } px, automatic
options-context-reset = Automatic
options-more = More options

## Plan

plan-instruction = Instruction
plan-instruction-hint = For example: remove the spoon and turn the cup blue
plan-plan = Plan
plan-run-all = Run all
plan-add = Step
plan-approval = Approval: { $mode }
plan-add-tip = Add a step by hand
plan-empty = Each thing that you ask for becomes a step here, with its own mask.
plan-not-understood = Not understood: { $words }. Say it differently and plan again, or add a step by hand.
plan-not-understood-dismiss = Leave it out
plan-empty-by-hand = Or paint over what shall go, or add a step by hand, and run it.

op-remove = Remove
op-replace = Replace
op-add = Add
op-recolor = Recolor
op-material = Material
op-attribute = Attribute
op-text = Text
op-count = Count
op-move = Move
op-pose = Pose
op-background = Background
op-style = Style
op-adjust = Adjust
op-other = Other

card-name = Step { $number }: { $title }
card-more = More
card-enable = Enable this step
card-disable = Disable this step
card-painted-region = painted region
card-whole-image = whole image
card-thumbnail = What this step would change
card-run-again = Run again
card-unseen = New results that you have not seen
card-area = { $percent } % of the image
card-sure = { $percent } % sure
card-corrected = corrected
card-after = after step { $steps }

state-disabled = Disabled: neither runs nor shows
state-waits = Located after step { $steps } is approved
state-draft = Not located yet
state-locating = Looking for it…
state-found = Found: check the mask, then run
state-empty = No mask yet: paint it
state-queued = Waiting
state-starting = Starting
state-running = { $phase } { $percent } %
state-doubtful = The result is in doubt: look before you approve it
state-outdated = Outdated: run again, or approve anyway
state-ready = { $n ->
    [one] Ready: approve or try again
   *[other] { $n } candidates: choose and approve
}
state-stale = Approved, but stale: run it again
state-approved = Approved
state-skipped = Skipped

doubt-low = Not sure that this is it ({ $percent } %): choose its letter, or correct the mask
doubt-large = Covers { $percent } % of the photograph, too much for a guess: choose its letter, or correct the mask
doubt-same = The same region as step { $step } takes for “{ $target }”: choose its letter, or correct the mask
doubt-kept = “{ $kept }” is to stay and may lie in here: choose its letter, or correct the mask
doubt-rivals = { $n } regions fit: choose a letter

## Inspector

step = Step
step-approve = Approve
step-run = Run
step-run-again = Run again
step-new-seed = New seed
step-skip = Skip
step-reopen = Reopen
step-locate = Locate again
step-plan-first = The instruction has changed: plan first
step-target = Target
step-target-hint = what to change
step-where = Where
step-where-hint = anywhere
step-found-by = Found by
step-found-by-best = the best one here
step-found-by-tip = Who looks for what the words say. Choosing another looks again.
step-becomes = Becomes
step-becomes-hint = nothing
step-becomes-colour = a colour
step-becomes-text = what shall be read
step-prompt = Prompt
step-prompt-hint = how it looks afterwards

regions = Regions that fit
regions-all = All of them
region = { $letter }. { $reason } ({ $percent } %)

candidates = Candidates
candidate = Candidate { $number }
candidate-seed = Seed { $seed }
candidate-keep = Keep
candidate-unkeep = Do not keep
candidate-original = Hold \ for the original
candidate-fidelity = { $outside } px changed outside the mask, { $inside } inside
candidate-fidelity-seam = { $outside } px changed outside the mask, { $inside } inside · seam { $seam }
candidate-verdict-tip = The result was looked at again for what the step asks for. This check can be wrong: your eyes decide.
candidate-fidelity-tip = Seam: how strong the border is, compared with the photograph around it; 1 is as strong as the surroundings

recipe = Recipe
recipe-engine = Engine
recipe-colour = Colour
recipe-colour-tip = The colour to turn it to
recipe-amount = Amount
recipe-exposure = Exposure
stops = stops
recipe-candidates = Candidates
recipe-seed = Seed
recipe-only = Copy only from
recipe-only-tip = Steps whose masks are all that this one copies from. For a region that is no step: add a step, paint it, and switch the step off.
recipe-only-nothing = anywhere
recipe-avoid = Don’t copy from
recipe-avoid-tip = Steps whose masks this one copies nothing from. For a region that is no step: add a step, paint it, and switch the step off.
recipe-avoid-always = It is going to be removed, so nothing is copied from it.
recipe-avoid-nothing = no step
recipe-copy-steps = { $count ->
    [one] step { $steps }
   *[other] steps { $steps }
}
recipe-copy-none-tip = No other step has a mask.
recipe-grow = Grow
recipe-feather = Feather
recipe-context = Context
recipe-context-automatic = { $size } px, automatic
recipe-context-none = automatic

placing-right = To the right
placing-down = Down
placing-right-n = Copy { $n } to the right
placing-down-n = Copy { $n } down
placing-scale = Size
placing-keep = Keep the original
placing-reset = As the words say
placing-handle = Drag to where it goes
placing-handle-n = Drag to where copy { $n } goes
placing-shortened = The words ask for a place outside the photograph; it stays inside.

mask = Mask
mask-radius = Grow, shrink and feather by
mask-grow = Grow
mask-shrink = Shrink
mask-feather = Feather
mask-fill-holes = Fill holes
mask-remove-islands = Remove islands
mask-invert = Invert
mask-clear = Clear
mask-reset = Reset
mask-import = Import…
mask-export = Export…
mask-from = From another step

why = Why
why-decomposition = Decomposition
why-localisation = Localisation
why-answers = What the model was asked, word for word
why-description = Description
why-sure = { $text } – { $percent } % sure

history = History
history-empty = Nothing has been done yet
history-start = Opened

## Questions

path-import-mask = Import a mask
path-export-mask = Export the mask
mask-size-title = The mask has another size
mask-size-text = It is { $mask } px, the photograph { $photo } px.
mask-size-scale = Scale it
mask-size-centre = Centre it
drop-mask = Drop as this step's mask

## Everywhere

cancel = Cancel
close = Close

## The page without a photograph

welcome-tagline = Edit a photograph by saying what to change
welcome-opening = Opening…
welcome-open = Open photograph…
welcome-drop = or drop a file here, or paste an image
welcome-say = Say what to change
welcome-say-how = Several things at once, in plain words
welcome-check = Check the masks
welcome-check-how = Correct them with brush, lasso or clicks
welcome-approve = Approve the results
welcome-approve-how = Choose a candidate for each step, then save
welcome-recent = Recent
welcome-missing = not there any more: { $folder }
welcome-forget = Take { $name } off the list

leftover-title = { $name } was open when Tie Studio ended unexpectedly
leftover-details = { $age }, { $steps ->
    [one] 1 step
   *[other] { $steps } steps
}
leftover-now = just now
leftover-minutes = { $count ->
    [one] 1 minute ago
   *[other] { $count } minutes ago
}
leftover-hours = { $count ->
    [one] 1 hour ago
   *[other] { $count } hours ago
}
leftover-days = { $count ->
    [one] 1 day ago
   *[other] { $count } days ago
}
leftover-broken = Work of an earlier session cannot be read
leftover-restore = Restore
leftover-restore-named = Restore { $name }
leftover-discard = Discard
leftover-discard-named = Discard { $name }
leftover-discard-sure = Discard for good
leftover-discard-sure-named = Discard { $name } for good
leftover-later = Later
leftover-later-tip = It is offered again at the next start
menu-recent = Open recent
menu-clear-recent = Clear list

## Settings

settings-title = Settings
settings-general = General
settings-canvas = Canvas
settings-steps = Steps
settings-shortcuts = Shortcuts
settings-models = Models
settings-network = Network
settings-reset = Reset this page
settings-reset-tip = Makes everything on this page as it was at first

settings-theme = Theme
settings-theme-why = Dark surroundings show an image's colours best
settings-theme-system = As the desktop
settings-theme-dark = Dark
settings-theme-light = Light
settings-scale = Size of the interface
settings-scale-why = On top of the scale that the desktop has for this screen
settings-undo = Memory for undo
settings-undo-why = The oldest changes are forgotten when it is full
settings-threads = Processor cores
settings-threads-why = How many cores engines may use, from the next start on; drag or type, 0 for all
settings-threads-all = all { $cores }
settings-gpu = Graphics card
settings-gpu-why = Removed things are filled on { $card }, which is faster than the processor
settings-gpu-none = There is no graphics card here that computes, so the processor makes the fills
settings-gpu-on = Fill on the graphics card
card-failed = The graphics card could not make a fill, so the processor does it from now on; nothing is lost, and a newer driver may help

settings-overlay = Masks are shown as
settings-overlay-why = The eye in the tool strip goes through the same list
settings-overlay-tint = A tint
settings-overlay-outline = An outline
settings-overlay-black-and-white = Black and white
settings-overlay-off = Nothing
settings-tint = Strength of the tint
settings-tint-why = How much of the selected step's mask covers the photograph
settings-tint-colour = Colour of the tint
settings-tint-colour-why = Each step has a hue of its own that colour-blind people can tell apart; one fixed colour may suit a photograph better
settings-tint-by-step = Each step's own
settings-tint-fixed = One colour
settings-tint-pick = Pick the colour of the tint

settings-planner = Instructions are planned by
settings-planner-why = LISA looks at the photograph and thinks aloud; it needs its model, and minutes on a processor
settings-planner-rules = Rules of English
settings-planner-lisa = LISA
settings-approval = Approval
settings-approval-why = How much happens without your word; every step can be taken back in each mode
settings-approval-ask = Ask at each step
settings-approval-auto = Go on where regions are sure
settings-approval-review = Run all, then review
settings-candidates = Candidates per run
settings-candidates-why = Results to choose from, for steps planned from now on; each takes its time
settings-zoom = Zoom to the selected step
settings-zoom-why = The view moves to a step's region when the step is selected
settings-zoom-on = Zoom

settings-network-honest = Plans, masks and edits are made on this machine, and nothing of a photograph is sent anywhere. Only models are downloaded, and only when you ask for one.
models-what = Steps that paint something new need a model. Models run on this machine, and downloads go into the cache that all programs share which use the Hugging Face hub.
models-here = here
models-incomplete = not complete
models-absent = not here
models-facts = Disk: { $size }. Memory: about { $whole } GB on the processor, { $half } GB on a graphics card.
models-licence = Licence:
models-verified = All files are as they should be.
models-damaged = { $count ->
    [one] One file is missing, damaged or of another version.
   *[other] { $count } files are missing, damaged or of another version.
}
models-download = Download
models-download-tip = Downloading it accepts its licence, { $licence }
models-go-on = Go on downloading
models-offline = Downloads are off
models-allow = Allow downloads
models-allow-tip = Switches off "Stay offline" of the page Network
models-verify = Check files
models-verify-tip = Compares every file with its known checksum; takes a while
models-delete = Delete { $size }…
models-delete-tip = From the cache, and copies made of them here; folders of your own are not touched
models-delete-sure = Delete for all programs
models-keep = Keep
models-again = Trying again: { $why }
models-connecting = Starting
models-stop = Pause
models-stop-tip = It goes on from there next time
models-folders = Folders with models
models-folders-why = Looked through before the cache; each repository in a folder of its name
models-forget = Do not look there any more; nothing is deleted
models-locate = Add a folder…
models-unload = Free the models’ memory
models-unload-tip = Models stay in memory for the next run; after ten idle minutes they go by themselves
models-none-there = { $folder } holds no model that I know in full: choose the folder that the repositories lie in
models-found-there = Found { $names }
verdict-missing = missing
verdict-size = { $got } bytes instead of { $wanted }
verdict-sum = another checksum
verdict-good = right
path-models = Choose a folder with models
step-models = Models…
recipe-sampling = Sampling
recipe-sampling-own = DDPM or DDIM
recipe-sampling-dpm = DPM-Solver++
recipe-sampling-tip = DPM-Solver++ needs about 20 steps where the models’ older ways, DDPM and DDIM, need 50
recipe-steps = Steps
recipe-guidance = Guidance
recipe-guidance-tip = How closely the prompt is followed
recipe-strength = Strength
recipe-strength-tip = How far the region goes from what it shows now; 1 begins with nothing but noise
recipe-resolution = Resolution
recipe-resolution-tip = About how many pixels, squared, the model sees of the region and its surroundings
recipe-colours = Match colours
recipe-colours-tip = Takes back the tint that a model gives to all of its picture
recipe-negative = Not
recipe-negative-tip = What the region shall not show
settings-offline = Stay offline
settings-offline-why = No connection is made to anywhere; switch it off to download models
settings-offline-on = Offline
settings-proxy = Proxy
settings-proxy-why = For connections, when offline is off; empty for the system's proxy
settings-proxy-hint = http://host:port

## Shortcuts

keys-filter = Find an action or its keys
keys-how = Click the keys of an action to change them. While you type in a text field, plain keys write.
keys-nothing-found = No action fits
keys-press = Press new keys…
keys-press-how = Press the new keys, with Ctrl, Alt or Shift if you like; Esc leaves them as they are
keys-none = none
keys-of = Keys of { $action }: { $keys }
keys-change = Change the keys of “{ $action }”
keys-remove = Leave “{ $action }” without keys
keys-reset = Default keys for “{ $action }”
keys-conflict = { $keys } belongs to “{ $action }”.
keys-take = Take it from “{ $action }”
keys-reserved-escape = Esc always cancels and closes; press other keys
keys-reserved-tab = Tab moves between controls; press other keys
keys-reserved-held = Space moves the view and \ shows the original while they are held; press other keys
keys-reserved-text = The clipboard and text fields need these keys; press others

## Actions: menus, palette, tooltips and the list of keys

action-open = Open…
action-save = Save
action-save-as = Save as…
action-quit = Quit
action-undo = Undo
action-redo = Redo
action-history = History
action-copy-image = Copy photograph
action-settings = Settings…
action-models = Models…
action-plan = Plan the instruction
action-plan-or-run = Plan, or run step
action-run-all = Run all steps
action-approve = Approve
action-skip = Skip
action-reopen = Reopen
action-favourite = Keep candidate as favourite
action-new-seed = Try another seed
action-locate = Locate again
action-plan-step = Plan this step again
action-plan-from = Plan from here on the current image
action-duplicate-step = Duplicate
action-delete-step = Delete
action-split-step = Split by regions
action-merge-step = Merge with the step above
action-move-step-up = Move up
action-move-step-down = Move down
action-nudge-left = Nudge the moved thing left
action-nudge-right = Nudge the moved thing right
action-nudge-up = Nudge the moved thing up
action-nudge-down = Nudge the moved thing down
action-toggle-step = Enable or disable
action-next-candidate = Next candidate
action-previous-candidate = Previous candidate
action-next-step = Next step
action-previous-step = Previous step
action-cancel = Cancel running jobs
action-view-tool = Move the view
action-brush-tool = Brush
action-eraser-tool = Eraser
action-lasso-tool = Lasso
action-shape-tool = Rectangle or ellipse
action-wand-tool = Magic wand
action-smart-tool = Smart select
action-context-tool = Context box
action-swap-tool = Swap adding and subtracting
action-smaller-brush = Smaller brush
action-larger-brush = Larger brush
action-softer-brush = Softer brush
action-harder-brush = Harder brush
action-invert-mask = Invert
action-grow-mask = Grow
action-shrink-mask = Shrink
action-feather-mask = Feather
action-fill-holes = Fill holes
action-remove-islands = Remove islands
action-clear-mask = Clear
action-reset-mask = Reset to proposal
action-copy-mask = Copy mask
action-paste-mask = Paste mask
action-import-mask = Import mask…
action-export-mask = Export mask…
action-zoom-in = Zoom in
action-zoom-out = Zoom out
action-fit = Fit in window
action-actual-size = Actual size
action-fit-mask = Fit to mask
action-overlay = Next mask overlay
action-show-changes = Show my changes to the mask
action-compare = Compare with original
action-switch-theme = Switch dark and light
action-palette = Command palette…
action-keys = Keyboard shortcuts

## Menus

menu-file = File
menu-edit = Edit
menu-step = Step
menu-tools = Tools
menu-mask = Mask
menu-view = View
menu-help = Help
menu-undo-what = Undo { $what }
menu-redo-what = Redo { $what }

## Over the window

dismiss = Dismiss
unsaved-question = Save the changes to { $name }?
unsaved-nameless = the photograph
unsaved-why = Approved edits or corrected masks would be lost otherwise.
unsaved-save = Save…
unsaved-discard = Don't save
palette-hint = Type a command
palette-nothing = No command that can be used now
path-save-title = Save the photograph
path-open-title = Open a photograph
path-save = Save
path-open = Open
path-why = This system shows no file dialogs (xdg-desktop-portal or zenity would); type the path.
path-label = Path
path-exists = This file exists and would be replaced
path-replace = Replace
keys-title = Keyboard shortcuts
keys-pointer = Pointer
keys-wheel = Wheel zooms at the pointer
keys-pan = Middle button or Space pans
keys-subtract = Right button or Ctrl subtracts from the mask
keys-original = Hold \ to see the original
drop-to-open = Drop to open

## Status bar

status-ready = Ready
status-waiting = Waiting
phase-planning = Planning
phase-locating = Locating
phase-looking = Looking at the photograph
phase-filling = Filling
phase-adjusting = Adjusting
phase-compositing = Compositing
phase-checking = Checking the result
phase-opening = Opening
phase-saving = Saving
phase-downloading = Downloading
phase-verifying = Verifying
phase-loading-text-encoder = Loading the text encoder
phase-loading-image-encoder = Loading the image encoder
phase-loading-prior = Loading the prior
phase-loading-unet = Loading the UNet
phase-loading-autoencoder = Loading the autoencoder
phase-loading-segmenter = Loading Segment Anything
phase-loading-language-model = Loading the language model
phase-loading-text-to-mask = Loading CLIPSeg
phase-thinking = Reading the question
phase-answering = Answering
phase-imagining = Imagining
phase-encoding = Encoding
phase-denoising = Denoising
phase-decoding = Decoding
status-of-step = { $phase }: { $step }
status-more = { $count } waiting
status-cancel-tip = Stop all running jobs ({ $keys })
status-offline = Offline
status-offline-why = Everything runs on this machine; nothing is sent anywhere
status-online = Online
status-online-why = Everything runs on this machine; models can be downloaded when you ask for one
status-download = Downloading a model: { $percent } %
status-memory = { $megabytes } MB
status-memory-tip = Memory of the program, without the graphics card's; undo holds { $undo } MB of at most { $most } MB
status-size = { $size } px
status-megapixels = { $megapixels } megapixels
status-brush = { $size } px, { $hardness } % hard
status-brush-keys = Size { $smaller } { $larger }   hardness { $softer } { $harder }

## System dialogs

dialog-photographs = Photographs

## History

done-plan = Plan
done-locate = Locate
done-add-mask = Add another step's mask
done-subtract-mask = Subtract another step's mask
done-intersect-mask = Intersect with another step's mask
done-set-mask = Set mask
done-brush = Brush stroke
done-eraser = Eraser stroke
done-rectangle = Rectangle
done-ellipse = Ellipse
done-lasso = Lasso
done-copy-rule = Change where it copies from
done-choose-region = Choose region
done-choose-all-regions = Choose all regions
done-wand = Magic wand
done-smart = Smart select
done-approve = Approve { $step }
done-skip = Skip { $step }
done-reopen = Reopen { $step }
done-edit-step = Edit step
done-edit-recipe = Edit recipe
done-add-step = Add step
done-duplicate = Duplicate step
done-split = Split step
done-merge = Merge steps
done-move = Move step
done-delete = Delete { $step }
done-enable = Enable step
done-disable = Disable step
done-invert = Invert mask
done-clear = Clear mask
done-reset = Reset mask to proposal
done-grow = Grow mask
done-shrink = Shrink mask
done-feather = Feather mask
done-fill-holes = Fill holes
done-remove-islands = Remove islands

## What the editor says

say-wait-unsure = { $n ->
    [one] 1 step waits for you: its region is unsure
   *[other] { $n } steps wait for you: their regions are unsure
}
say-wait-unsure-or-empty = { $n ->
    [one] 1 step waits for you: its region was not found
   *[other] { $n } steps wait for you: their regions are unsure or were not found
}
say-all-ran = All steps have run; look at each and reopen what is not right
say-empty-clipboard = The image on the clipboard is empty; copy it again.
say-copied-photo = Copied the photograph
say-saved = Saved { $name }
say-no-instruction = There is no instruction yet; type what to change, for example "remove the spoon and turn the cup blue".
say-no-photo = There is no photograph to edit yet; open one first.
say-saved-mask = Saved the mask as { $name }
say-copied-mask = Copied the mask
say-no-copied-mask = No mask has been copied yet; copy one with Mask › Copy mask first.
say-inverted = The mask looked inverted and was turned over; invert it (Mask › Invert) if it should not have been
say-mask-over-photo = { $name } is the photograph itself; give the mask another name.
say-no-image-on-clipboard = There is no image on the clipboard; copy one in another program first.
say-one-region = The mask is one region, so there is nothing to split; separate the parts with the eraser first.
say-merge-decided = Only steps that are not decided can be merged; reopen them first.
say-merge-kinds = “{ $one }” and “{ $other }” are different edits; merge steps of the same kind.
