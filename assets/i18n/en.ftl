# The words of the window in English (Project Fluent, https://projectfluent.org).
# Sentence case; no full stop after a phrase; "…" where more is asked.

app-name = Tie Studio

## Everywhere

cancel = Cancel
close = Close

## The page without a photograph

welcome-tagline = Edit a photograph by saying what to change
welcome-opening = Opening…
welcome-open = Open photograph…
welcome-drop = or drop a file here
welcome-recent = Recent
welcome-missing = not there any more: { $folder }
welcome-forget = Take { $name } off the list
menu-recent = Open recent
menu-clear-recent = Clear list

## Settings

settings-title = Settings
settings-general = General
settings-canvas = Canvas
settings-steps = Steps
settings-shortcuts = Shortcuts
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
settings-pen = Pen pressure changes
settings-pen-why = For graphics tablets; a mouse always presses fully
settings-pen-size = The brush's size
settings-pen-opacity = The brush's strength
settings-pen-off = Nothing

settings-approval = Approval
settings-approval-why = How much happens without your word; every step can be taken back in each mode
settings-approval-ask = Ask at each step
settings-approval-auto = Go on while regions are sure
settings-approval-review = Run all, then review
settings-candidates = Candidates per run
settings-candidates-why = Results to choose from, for steps planned from now on; each takes its time
settings-zoom = Zoom to the selected step
settings-zoom-why = The view moves to a step's region when the step is selected
settings-zoom-on = Zoom

settings-network-honest = No part of this version uses the network: plans, masks and edits are made on this machine, and nothing is sent anywhere. These settings are kept for versions that download models.
settings-offline = Stay offline
settings-offline-why = No connection is made to anywhere
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
action-settings = Settings…
action-plan = Plan the instruction
action-plan-or-run = Plan, or run step
action-run-all = Run all steps
action-approve = Approve
action-skip = Skip
action-reopen = Reopen
action-new-seed = Try another seed
action-locate = Locate again
action-next-candidate = Next candidate
action-previous-candidate = Previous candidate
action-next-step = Next step
action-previous-step = Previous step
action-cancel = Cancel running jobs
action-view-tool = Move the view
action-brush-tool = Brush
action-eraser-tool = Eraser
action-swap-tool = Swap brush and eraser
action-smaller-brush = Smaller brush
action-larger-brush = Larger brush
action-softer-brush = Softer brush
action-harder-brush = Harder brush
action-invert-mask = Invert
action-grow-mask = Grow by 4 px
action-shrink-mask = Shrink by 4 px
action-feather-mask = Feather by 4 px
action-fill-holes = Fill holes
action-clear-mask = Clear
action-reset-mask = Reset to proposal
action-zoom-in = Zoom in
action-zoom-out = Zoom out
action-fit = Fit in window
action-actual-size = Actual size
action-fit-mask = Fit to mask
action-overlay = Next mask overlay
action-compare = Compare with original
action-switch-theme = Switch dark and light
action-palette = Command palette…
action-keys = Keyboard shortcuts

## Menus

menu-file = File
menu-edit = Edit
menu-step = Step
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
phase-filling = Filling
phase-adjusting = Adjusting
phase-compositing = Compositing
phase-opening = Opening
phase-saving = Saving
status-of-step = { $phase }: { $step }
status-more = { $count } waiting
status-cancel-tip = Stop all running jobs ({ $keys })
status-offline = Offline
status-offline-why = Everything runs on this machine; nothing is sent anywhere
status-size = { $size } px
status-megapixels = { $megapixels } megapixels
status-brush = { $size } px, { $hardness } % hard
status-brush-keys = Size { $smaller } { $larger }   hardness { $softer } { $harder }

## System dialogs

dialog-photographs = Photographs
