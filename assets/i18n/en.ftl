# The words of the window in English (Project Fluent, https://projectfluent.org).
# Sentence case; no full stop after a phrase; "…" where more is asked.

about-version = Version { $version }
about-what = Edits a photo by saying what to change: a planner splits the instruction into steps, each gets a mask and a result, and you approve them one by one.
about-licence = Licence: { $licence }
about-keys = Keyboard shortcuts
app-name = Tie Studio

## Canvas

canvas = Canvas
canvas-split = Comparison split
canvas-original = Original
canvas-compare = Left: original. Right: edited. Press C to stop comparing.
canvas-planning = Planning…
canvas-no-steps = Type what to change on the right and press Ctrl+Enter, or paint over anything you want removed
canvas-nothing-found = Nothing found. Paint over it with the brush, or click it with smart select (S).
canvas-unsure = Not sure about this region. Click its letter if it is right, or correct the mask.
canvas-ambiguous = Several regions match. Click the letter of the one you mean, or select them all.
canvas-smart-hover = Click to select this: it { $what }
canvas-smart = Click the object, Shift-click to exclude, or drag a box around it
canvas-selecting = Finding it…
canvas-selected = Enter accepts, Esc cancels; click again to refine
canvas-selected-several = Enter accepts, Esc cancels, Tab shows the next match; click again to refine
canvas-selected-nothing = No match. Click again or press Esc.
canvas-polygon = Click the corners. Double-click or Enter closes the shape, Esc cancels.
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

options-view = Drag to pan, scroll to zoom, double-click to fit
options-size = Size
options-hardness = Hardness
options-opacity = Opacity
options-spacing = Spacing
options-pressure = Pen pressure
options-pressure-nothing = nothing
options-pressure-size = size
options-pressure-opacity = opacity
options-freehand = Freehand
options-polygon = Polygon
options-rectangle = Rectangle
options-ellipse = Ellipse
options-shape = Hold Shift for a square or circle
options-tolerance = Tolerance
options-contiguous = Contiguous
options-wand = Drag to change the tolerance
options-smart = Click, Shift-click, or drag a box
options-add = Add to the mask
options-subtract = Subtract from the mask
options-intersect = Intersect with the mask
options-accept = Accept
options-discard = Discard
options-next = Next ({ $shown } of { $all })
options-next-tip = Show the next match (Tab)
options-no-context = The context box appears once the step has a mask and an engine
options-context = The part of the photo that the engine sees
options-context-chosen = { $size } px, custom
options-context-automatic = { $size } px, automatic
options-context-reset = Automatic
options-more = More options

## Plan

plan-instruction = Instruction
plan-instruction-hint = For example: remove the spoon and turn the cup blue
plan-plan = Plan
plan-replaces = { $n ->
    [0] Approved, skipped and corrected steps stay.
    [one] Replaces 1 step, unless the new plan asks for the same. Approved, skipped and corrected steps stay.
   *[other] Replaces { $n } steps, except where the new plan asks for the same. Approved, skipped and corrected steps stay.
}
plan-run-all = Run all
plan-update-all = Update all
plan-add = Step
plan-approval = Approval: { $mode }
plan-add-tip = Add a step by hand
plan-empty = Each change you ask for becomes a step here, with its own mask.
plan-not-understood = Not understood: { $words }. Rephrase it and plan again, or add a step by hand.
plan-not-understood-dismiss = Ignore
ask-remove = Remove…
ask-recolour = Black and white background
ask-blur = Blur background
ask-brighten = Brighten
ask-warmer = Warmer
ask-move = Move…
ask-text = Change text…
plan-empty-by-hand = Or paint over anything you want removed, or add a step by hand, then run it.

op-remove = Remove
op-replace = Replace
op-add = Add
op-recolor = Recolour
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
card-name-state = Step { $number }: { $title }. { $state }
card-kind = Kind of edit: { $kind }
card-kind-tip = Change the kind of edit or the engine
card-kind-model = needs a model
card-before = Before
card-after-picture = After
card-more = More
card-enable = Enable this step
card-disable = Disable this step
card-painted-region = painted region
card-whole-image = whole image
card-thumbnail = The area this step changes
card-run-again = Update
card-unseen = New results

state-disabled = Disabled: hidden and skipped
state-waits = Waiting for the result of step { $steps }
state-draft = Not located yet
state-locating = Locating…
state-found = Found
state-paint = Paint over what to change
state-empty = Nothing found. Paint over it, or click it with the smart select.
state-queued = Waiting
state-starting = Starting
state-running = { $phase } { $percent } %
state-doubtful = The result may be wrong. Check it before you approve.
state-outdated = Out of date: what it builds on has changed.
state-ready = { $n ->
    [one] Ready to approve
   *[other] Ready to approve. { $n } candidates.
}
state-stale = Approved, but what it builds on has changed.
state-approved = Approved
state-skipped = Skipped

doubt-low = Not sure. Click its letter if it is right, or correct the mask.
doubt-large = Covers much of the photo. Click its letter if that is right, or correct the mask.
doubt-same = Same region as “{ $target }” in step { $step }. Click its letter if that is right, or correct the mask.
doubt-kept = May include “{ $kept }”, which you want to keep. Click its letter if it is right, or correct the mask.
doubt-rivals = Which one? { $n } regions match.

## Inspector

step = Step
step-approve = Approve
step-run = Run
step-update = Update
step-new-seed = New seed
step-skip = Skip
step-reopen = Reopen
step-locate = Locate again
step-plan-first = The instruction has changed. Plan it to get its steps.
step-without-model = Try without a model
step-without-model-tip = Choose another kind of edit that works without a download
step-target = Target
step-target-hint = what to change
step-where = Where
step-where-hint = anywhere
step-found-by = Locator
step-found-by-best = automatic
step-found-by-tip = The engine that finds this step’s region. Choosing another one locates it again.
step-becomes = Becomes
step-becomes-hint = nothing
step-becomes-colour = a colour
step-becomes-text = new text
step-prompt = Prompt
step-prompt-hint = what it should look like

regions = Matching regions
regions-all = Select all
region = { $letter }. { $reason }

candidates = Candidates
candidate = Candidate { $number }
candidate-seed = Seed { $seed }
candidate-keep = Keep
candidate-unkeep = Don’t keep
candidate-original = Hold \ to see the original
candidate-faithful = Only the mask changed
candidate-unfaithful = Pixels outside the mask changed
candidate-fidelity = { $outside } px changed outside the mask, { $inside } inside
candidate-fidelity-seam = { $outside } px changed outside the mask, { $inside } inside. Contrast along the edge: { $seam } (1 means no visible seam).
candidate-verdict-tip = An automatic check of the result against the instruction. It can be wrong; trust your eyes.

recipe = Recipe
recipe-engine = Engine
recipe-colour = Colour
recipe-colour-tip = The new colour
step-opacity = Opacity
recipe-adjusts = Adjust
recipe-amount = Amount
recipe-exposure = Exposure
adjust-brightness = Brightness
adjust-contrast = Contrast
adjust-warmth = Temperature
adjust-saturation = Saturation
adjust-sharpness = Sharpness
adjust-blur = Blur
adjust-greyscale = Black and white
stops = stops
recipe-candidates = Candidates
recipe-seed = Seed
recipe-only = Copy only from
recipe-only-tip = Copy pixels only from inside these steps’ masks. To use another area, add a step, paint it and disable it.
recipe-only-nothing = anywhere
recipe-avoid = Don’t copy from
recipe-avoid-tip = Copy no pixels from inside these steps’ masks. To exclude another area, add a step, paint it and disable it.
recipe-avoid-always = You are removing it, so nothing is copied from it.
recipe-avoid-nothing = none
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
placing-reset = Reset to the instruction
placing-handle = Drag to move it
placing-handle-n = Drag to move copy { $n }
placing-shortened = The instruction places it outside the photo, so it stops at the edge.

mask = Mask
mask-area = Mask: { $percent } % of the photo
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
mask-from = Combine with step

why = Why
why-decomposition = Decomposition
why-localisation = Location
why-answers = Full conversation with the model
why-description = Description
why-sure = { $text } – { $percent } % sure

history = History
history-empty = No changes yet
history-start = Opened

## Questions

path-import-mask = Import a mask
path-export-mask = Export the mask
mask-size-title = The mask has a different size
mask-size-text = The mask is { $mask } px, the photo is { $photo } px.
mask-size-scale = Scale to fit
mask-size-centre = Centre
drop-mask = Drop to use as this step’s mask

## Everywhere

cancel = Cancel
close = Close

## The page without a photo

welcome-tagline = Edit a photo by saying what to change
welcome-opening = Opening…
welcome-open = Open photo…
welcome-drop = or drop a file here, or paste an image
welcome-say = Say what to change
welcome-say-how = Ask for several changes at once, in plain words
welcome-check = Check the masks
welcome-check-how = Correct them with the brush, the lasso or a click
welcome-approve = Approve the results
welcome-approve-how = Choose a candidate for each step, then save
welcome-samples = Or try one of these
welcome-sample = Try { $name }: { $instruction }
welcome-quoted = “{ $instruction }”
welcome-recent = Recent
welcome-missing = no longer in { $folder }
welcome-forget = Remove { $name } from the list

leftover-title = Continue where you left off with { $name }
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
leftover-broken = Unsaved work from an earlier session can’t be read
leftover-restore = Restore
leftover-restore-named = Restore { $name }
leftover-discard = Discard
leftover-discard-named = Discard { $name }
leftover-discard-sure = Discard permanently
leftover-discard-sure-named = Discard { $name } permanently
leftover-later = Later
leftover-later-tip = Ask again next time
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
settings-reset-tip = Restore this page’s defaults

settings-language = Language
settings-language-why = Of the window; instructions are in English. Takes effect after a restart.
settings-theme = Theme
settings-theme-why = Colours are easiest to judge on a dark background
settings-theme-system = System
settings-theme-dark = Dark
settings-theme-light = Light
settings-scale = Interface scale
settings-scale-why = Multiplies your desktop’s scale
settings-undo = Undo memory
settings-undo-why = When it is full, the oldest changes can no longer be undone
settings-threads = CPU cores
settings-threads-why = Cores for processing; 0 uses all. Takes effect after a restart.
settings-threads-all = all { $cores }
settings-gpu = Graphics card
settings-gpu-why = Fills run on { $card }, which is faster than the CPU
settings-gpu-none = No compatible graphics card found; fills run on the CPU
settings-gpu-on = Run fills on the graphics card
card-failed = The graphics card failed, so fills now run on the CPU. Your work is safe. Updating the graphics driver may help.

settings-overlay = Show masks as
settings-overlay-why = Click the eye in the toolbar to cycle through these
settings-overlay-tint = Tint
settings-overlay-outline = Outline
settings-overlay-black-and-white = Black and white
settings-overlay-off = Hidden
settings-tint = Tint opacity
settings-tint-why = How strongly the selected step’s mask is tinted
settings-tint-colour = Tint colour
settings-tint-colour-why = Step colours stay distinct for colour-blind people. One fixed colour may show up better on some photos.
settings-tint-by-step = One per step
settings-tint-fixed = Fixed
settings-tint-pick = Choose the tint colour

settings-planner = Planner
settings-planner-why = LISA looks at the photo and explains its plan, but needs its model and takes minutes on a CPU
settings-planner-rules = Built-in rules (English)
settings-planner-lisa = LISA
settings-approval = Approval
settings-approval-why = How much runs without asking you. You can undo any step.
settings-approval-ask = Ask at every step
settings-approval-auto = Continue when sure
settings-approval-review = Run all, then review
settings-candidates = Candidates per run
settings-candidates-why = Results to choose from for new steps. More take longer.
settings-zoom = Zoom to the selected step
settings-zoom-why = Zoom to a step’s region when you select it
settings-zoom-on = Zoom

settings-network-honest = Everything runs on this computer; your photos never leave it. Only models are downloaded, and only when you ask.
models-what = Painting something new needs a model. Models run on this computer. Downloads go to the Hugging Face cache, which other programs share.
models-looking = looking…
models-here = installed
models-incomplete = incomplete
models-absent = not installed
models-facts = Disk: { $size }. Memory: about { $whole } GB on the CPU, { $half } GB on a graphics card.
models-licence = Licence:
models-verified = All files are intact.
models-damaged = { $count ->
    [one] One file is missing, damaged or from another version.
   *[other] { $count } files are missing, damaged or from another version.
}
models-download = Download
models-download-tip = By downloading, you accept its licence, { $licence }
models-go-on = Resume download
models-offline = Downloads are off
models-allow = Allow downloads
models-allow-tip = Turns off “Stay offline” on the Network page
models-verify = Verify files
models-verify-tip = Compares every file with its known checksum; takes a while
models-delete = Delete { $size }…
models-delete-tip = Deletes cached files and converted copies. Your own model folders are left alone.
models-delete-sure = Delete for all programs
models-keep = Keep
models-again = Retrying: { $why }
models-connecting = Connecting
models-stop = Pause
models-stop-tip = You can resume it later
models-folders = Model folders
models-folders-why = Searched before the cache. Each repository needs a folder of the same name.
models-forget = Stop searching this folder; nothing is deleted
models-locate = Add a folder…
models-unload = Free model memory
models-unload-tip = Models stay loaded for the next run and unload after ten idle minutes
models-none-there = No complete model found in { $folder }. Choose the folder that contains the model repositories.
models-found-there = Found { $names }
verdict-missing = missing
verdict-size = { $got } bytes instead of { $wanted }
verdict-sum = checksum mismatch
verdict-good = OK
path-models = Choose a folder of models
step-models = Models…
recipe-sampling = Sampling
recipe-sampling-own = Default (DDPM or DDIM)
recipe-sampling-dpm = DPM-Solver++
recipe-sampling-tip = DPM-Solver++ needs about 20 steps; DDPM and DDIM need about 50
recipe-steps = Steps
recipe-guidance = Guidance
recipe-guidance-tip = How closely to follow the prompt
recipe-strength = Strength
recipe-strength-tip = How much the content may change. 1 ignores the current pixels.
recipe-resolution = Resolution
recipe-resolution-tip = Working resolution of the model, for a square region
recipe-colours = Match colours
recipe-colours-tip = Correct the overall colour cast that models add
recipe-negative = Negative prompt
recipe-negative-tip = What to keep out of the result
settings-offline = Stay offline
settings-offline-why = Makes no network connections. Turn this off to download models.
settings-offline-on = Offline
settings-proxy = Proxy
settings-proxy-why = Leave empty to use the system proxy
settings-proxy-hint = http://host:port

## Shortcuts

keys-filter = Search actions and keys
keys-how = Click an action’s keys to change them. Single keys type as usual while you edit text.
keys-nothing-found = No matching action
keys-press = Press new keys…
keys-press-how = Press the new keys, with Ctrl, Alt or Shift if you like. Esc cancels.
keys-none = none
keys-of = Keys for { $action }: { $keys }
keys-change = Change the keys for “{ $action }”
keys-remove = Remove the keys for “{ $action }”
keys-reset = Restore the default keys for “{ $action }”
keys-conflict = { $keys } is already used by “{ $action }”.
keys-take = Take it from “{ $action }”
keys-reserved-escape = Esc always cancels and closes. Press other keys.
keys-reserved-tab = Tab moves between controls. Press other keys.
keys-reserved-held = Holding Space pans and holding \ shows the original. Press other keys.
keys-reserved-text = Text fields and the clipboard need these keys. Press others.

## Actions: menus, palette, tooltips and the list of keys

action-open = Open…
action-save = Save
action-save-as = Save as…
action-quit = Quit
action-undo = Undo
action-redo = Redo
action-history = History
action-copy-image = Copy photo
action-instruction = Type an instruction
action-settings = Settings…
action-models = Models…
action-plan = Plan the instruction
action-plan-or-run = Plan, or run step
action-run = Run step
action-update-all = Update all
action-run-all = Run all steps
action-approve = Approve
action-skip = Skip
action-reopen = Reopen
action-favourite = Keep candidate as favourite
action-new-seed = Try another seed
action-locate = Locate again
action-plan-step = Plan this step again
action-plan-from = Plan from this step on the current image
action-duplicate-step = Duplicate
action-delete-step = Delete
action-split-step = Split by regions
action-merge-step = Merge with the step above
action-move-step-up = Move up
action-move-step-down = Move down
action-nudge-left = Nudge left
action-nudge-right = Nudge right
action-nudge-up = Nudge up
action-nudge-down = Nudge down
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
action-swap-tool = Swap add and subtract
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
action-overlay = Cycle mask overlay
action-show-changes = Show my changes to the mask
action-compare = Compare with original
action-switch-theme = Toggle dark and light theme
action-palette = Command palette…
action-about = About Tie Studio
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
unsaved-nameless = the photo
unsaved-why = If you don’t save, approved edits and corrected masks are lost.
unsaved-save = Save…
unsaved-discard = Don’t save
undecided-question = { $n ->
    [one] Save with the result that is not approved?
   *[other] Save with the { $n } results that are not approved?
}
undecided-why = A result becomes part of the saved photo when you approve it.
undecided-approve = Approve and save
undecided-without = Save without
palette-hint = Type a command
palette-nothing = No matching command
path-save-title = Save the photo
path-open-title = Open a photo
path-save = Save
path-open = Open
path-why = No file dialog is available (install xdg-desktop-portal or zenity). Type the path instead.
path-label = Path
path-exists = This file exists and will be replaced
path-original = This is the original photo. Replacing it can’t be undone.
path-missing = There is no { $path }. Check the path.
path-is-folder = { $path } is a folder. Add a file name.
path-no-folder = There is no folder { $path }. Create it first, or choose another one.
path-replace = Replace
keys-title = Keyboard shortcuts
keys-pointer = Pointer
keys-wheel = Scroll to zoom at the pointer
keys-pan = Middle-drag or Space-drag to pan
keys-subtract = Right-drag or Ctrl-drag to subtract from the mask
keys-original = Hold \ to see the original
drop-to-open = Drop to open

## Status bar

status-seconds-left = about { $n } s left
status-minutes-left = about { $n } min left
status-zoom = Zoom
status-zoom-now = Zoom { $zoom }
status-zoom-fit = Fit
status-ready = Ready
status-waiting = Waiting
phase-planning = Planning
phase-locating = Locating
phase-looking = Analysing the photo
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
phase-thinking = Reading the prompt
phase-answering = Answering
phase-imagining = Imagining
phase-encoding = Encoding
phase-denoising = Denoising
phase-decoding = Decoding
status-of-step = { $phase }: { $step }
status-more = { $count } waiting
status-cancel-tip = Stop all running jobs ({ $keys })
status-offline = Offline
status-offline-why = Everything runs on this computer. No network connections are made.
status-online = Online
status-online-why = Everything runs on this computer. Models are downloaded only when you ask.
status-download = Downloading a model: { $percent } %
status-memory = { $megabytes } MB
status-memory-tip = Memory in use, not counting the graphics card. Undo: { $undo } of { $most } MB.
status-size = { $size } px
status-megapixels = { $megapixels } megapixels
status-brush = { $size } px, { $hardness } % hard
status-brush-keys = Size { $smaller } { $larger }   hardness { $softer } { $harder }

## System dialogs

dialog-photographs = Photos

## History

done-plan = Plan
done-locate = Locate
done-add-mask = Add another step’s mask
done-subtract-mask = Subtract another step’s mask
done-intersect-mask = Intersect with another step’s mask
done-set-mask = Set mask
done-brush = Brush stroke
done-eraser = Eraser stroke
done-rectangle = Rectangle
done-ellipse = Ellipse
done-lasso = Lasso
done-copy-rule = Change copy sources
done-choose-region = Choose region
done-choose-result = Choose result
done-choose-all-regions = Choose all regions
done-wand = Magic wand
done-smart = Smart select
done-run = Run “{ $step }”
done-approve = Approve “{ $step }”
done-skip = Skip “{ $step }”
done-reopen = Reopen “{ $step }”
done-update = Update
done-opacity = Opacity of “{ $step }”
done-edit-step = Edit step
done-edit-recipe = Edit recipe
done-add-step = Add step
done-duplicate = Duplicate step
done-split = Split step
done-merge = Merge steps
done-move = Move step
done-delete = Delete “{ $step }”
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
    [one] 1 step needs your help: its region is uncertain
   *[other] { $n } steps need your help: their regions are uncertain
}
say-wait-unsure-or-empty = { $n ->
    [one] 1 step needs your help: nothing was found for it
   *[other] { $n } steps need your help: their regions are uncertain or were not found
}
say-needs-model = Step { $step } can’t run yet. { $why } Get a model under Edit > Models, or choose another kind of edit on the step.
say-needs-mask = Step { $step } has no mask yet. Paint over what to change, or click it with the smart select.
say-needs-result = Step { $step } waits for the result of another step. Run that one first.
say-left-out = { $n ->
    [one] 1 step needs a model and was left out.
   *[other] { $n } steps need a model and were left out.
}
say-all-ran = All steps have run. Look through them and reopen any that are wrong.
say-empty-clipboard = The image on the clipboard is empty. Copy it again.
say-copied-photo = Photo copied
say-saved = Saved { $name }
say-no-instruction = Type what to change first, for example “remove the spoon and turn the cup blue”.
say-no-photo = Open a photo first.
say-saved-mask = Saved the mask as { $name }
say-copied-mask = Mask copied
say-no-copied-mask = There is no copied mask. Copy one first with Mask › Copy mask.
say-inverted = The mask looked inverted, so it was flipped. Undo this with Mask › Invert.
say-mask-over-photo = { $name } is the photo itself. Choose another name for the mask.
say-no-image-on-clipboard = There is no image on the clipboard. Copy one first.
say-one-region = The mask has only one region, so it can’t be split. Separate the parts with the eraser first.
say-merge-decided = You can merge only steps that are still open. Reopen them first.
say-merge-kinds = “{ $one }” and “{ $other }” are different kinds of edit, so they can’t be merged.
