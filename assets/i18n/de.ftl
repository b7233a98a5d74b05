# Die Texte des Fensters auf Deutsch (Project Fluent, https://projectfluent.org).
# Befehle im Infinitiv; kein Punkt nach Wortgruppen; „…“, wo noch etwas gefragt wird.

about-version = Version { $version }
about-what = Bearbeitet Fotos nach Anweisung: Ein Planer zerlegt die Anweisung in Schritte, jeder erhält eine Maske und ein Ergebnis, und Sie übernehmen sie einzeln.
about-licence = Lizenz: { $licence }
about-keys = Tastenkürzel
app-name = Tie Studio

## Arbeitsfläche

canvas = Arbeitsfläche
canvas-split = Trennlinie des Vergleichs
canvas-original = Original
canvas-compare = Links das Original, rechts die Bearbeitung. C beendet den Vergleich.
canvas-planning = Plan wird erstellt …
canvas-no-steps = Rechts auf Englisch eingeben, was sich ändern soll, und Strg+Eingabe drücken – oder übermalen, was verschwinden soll
canvas-nothing-found = Nichts gefunden. Mit dem Pinsel übermalen oder mit der Objektauswahl (S) anklicken.
canvas-unsure = Bereich unsicher. Stimmt er? Dann seinen Buchstaben anklicken, sonst die Maske korrigieren.
canvas-ambiguous = Mehrere Bereiche passen. Den Buchstaben des richtigen anklicken oder alle auswählen.
canvas-smart-hover = Mit Klick auswählen: { $what }
canvas-smart = Objekt anklicken, mit Umschalt+Klick ausschließen oder einen Rahmen darum aufziehen
canvas-selecting = Objekt wird gesucht …
canvas-selected = Bestätigen mit der Eingabetaste, abbrechen mit Esc; weitere Klicks verfeinern
canvas-selected-several = Bestätigen mit der Eingabetaste, abbrechen mit Esc, nächster Treffer mit Tab; weitere Klicks verfeinern
canvas-selected-nothing = Kein Treffer. Noch einmal klicken oder Esc drücken.
canvas-polygon = Die Ecken anklicken. Doppelklick oder Eingabetaste schließt die Form, Esc bricht ab.
canvas-tolerance = Toleranz { $tolerance }

## Werkzeuge

tool-view = Ansicht
tool-brush = Pinsel
tool-eraser = Radierer
tool-lasso = Lasso
tool-shape = Form
tool-wand = Zauberstab
tool-smart = Objektauswahl
tool-context = Kontextrahmen

options-view = Ziehen verschiebt, Scrollen zoomt, Doppelklick passt ein
options-size = Größe
options-hardness = Härte
options-opacity = Deckkraft
options-spacing = Abstand
options-pressure = Stiftdruck
options-pressure-nothing = aus
options-pressure-size = Größe
options-pressure-opacity = Deckkraft
options-freehand = Freihand
options-polygon = Polygon
options-rectangle = Rechteck
options-ellipse = Ellipse
options-shape = Umschalt halten für Quadrat oder Kreis
options-tolerance = Toleranz
options-contiguous = Benachbart
options-wand = Ziehen ändert die Toleranz
options-smart = Klicken, Umschalt+Klick oder Rahmen aufziehen
options-add = Zur Maske hinzufügen
options-subtract = Von der Maske abziehen
options-intersect = Schnittmenge mit der Maske
options-accept = Bestätigen
options-discard = Verwerfen
options-next = Nächster ({ $shown } von { $all })
options-next-tip = Nächsten Treffer zeigen (Tab)
options-no-context = Der Kontextrahmen erscheint, sobald der Schritt eine Maske und ein Verfahren hat
options-context = Der Teil des Fotos, den das Verfahren sieht
options-context-chosen = { $size } px, eigene Größe
options-context-automatic = { $size } px, automatisch
options-context-reset = Automatisch
options-more = Weitere Optionen

## Plan

plan-instruction = Anweisung
plan-instruction-hint = Auf Englisch, zum Beispiel: „remove the spoon and turn the cup blue“
plan-plan = Planen
plan-replaces = { $n ->
    [0] Übernommene, übersprungene und korrigierte Schritte bleiben.
    [one] Ersetzt 1 Schritt, sofern der neue Plan nicht dasselbe verlangt. Übernommene, übersprungene und korrigierte Schritte bleiben.
   *[other] Ersetzt { $n } Schritte, sofern der neue Plan nicht dasselbe verlangt. Übernommene, übersprungene und korrigierte Schritte bleiben.
}
plan-run-all = Alle starten
plan-update-all = Aktualisieren
plan-add = Schritt
plan-approval = Ablauf: { $mode }
plan-add-tip = Schritt von Hand hinzufügen
plan-empty = Jede gewünschte Änderung wird hier zu einem Schritt mit eigener Maske.
plan-not-understood = Nicht verstanden: { $words }. Anders formulieren und neu planen oder von Hand einen Schritt hinzufügen.
plan-not-understood-dismiss = Ignorieren
ask-remove = Entfernen …
ask-recolour = Hintergrund schwarzweiß
ask-blur = Hintergrund weichzeichnen
ask-brighten = Aufhellen
ask-warmer = Wärmer
ask-move = Verschieben …
ask-text = Text ändern …
plan-empty-by-hand = Oder einfach übermalen, was verschwinden soll, oder einen Schritt von Hand hinzufügen und ausführen.

op-remove = Entfernen
op-replace = Ersetzen
op-add = Hinzufügen
op-recolor = Umfärben
op-material = Material
op-attribute = Eigenschaft
op-text = Text
op-count = Anzahl
op-move = Verschieben
op-pose = Pose
op-background = Hintergrund
op-style = Stil
op-adjust = Anpassen
op-other = Sonstiges

card-name = Schritt { $number }: { $title }
card-name-state = Schritt { $number }: { $title }. { $state }
card-kind = Art der Bearbeitung: { $kind }
card-kind-tip = Art der Bearbeitung oder Verfahren ändern
card-kind-model = braucht ein Modell
card-before = Vorher
card-after-picture = Nachher
card-more = Mehr
card-enable = Schritt aktivieren
card-disable = Schritt deaktivieren
card-painted-region = übermalter Bereich
card-whole-image = ganzes Bild
card-thumbnail = Der Bereich, den dieser Schritt ändert
card-run-again = Aktualisieren
card-unseen = Neue Ergebnisse

state-disabled = Deaktiviert: ausgeblendet und übersprungen
state-waits = Wartet auf das Ergebnis von Schritt { $steps }
state-draft = Noch nicht gesucht
state-locating = Suche läuft …
state-found = Gefunden
state-paint = Übermalen, was sich ändern soll
state-empty = Nichts gefunden. Übermalen oder mit der Objektauswahl anklicken.
state-queued = Wartet
state-starting = Startet
state-running = { $phase } { $percent } %
state-doubtful = Das Ergebnis stimmt vielleicht nicht. Vor dem Übernehmen prüfen.
state-outdated = Veraltet: Die Grundlage hat sich geändert.
state-ready = { $n ->
    [one] Bereit zum Übernehmen
   *[other] Bereit zum Übernehmen. { $n } Varianten.
}
state-stale = Übernommen, aber die Grundlage hat sich geändert.
state-approved = Übernommen
state-skipped = Übersprungen

doubt-low = Unsicher. Stimmt der Bereich? Dann seinen Buchstaben anklicken, sonst die Maske korrigieren.
doubt-large = Bedeckt einen großen Teil des Fotos. Stimmt das? Dann den Buchstaben anklicken, sonst die Maske korrigieren.
doubt-same = Gleicher Bereich wie „{ $target }“ in Schritt { $step }. Stimmt das? Dann den Buchstaben anklicken, sonst die Maske korrigieren.
doubt-kept = Enthält vielleicht „{ $kept }“, und das soll erhalten bleiben. Stimmt der Bereich? Dann seinen Buchstaben anklicken, sonst die Maske korrigieren.
doubt-rivals = Welcher ist gemeint? { $n } Bereiche passen.

## Inspektor

step = Schritt
step-approve = Übernehmen
step-run = Ausführen
step-update = Aktualisieren
step-new-seed = Würfeln
step-skip = Überspringen
step-reopen = Wieder öffnen
step-locate = Neu suchen
step-plan-first = Die Anweisung hat sich geändert. Neu planen, um ihre Schritte zu erhalten.
step-without-model = Ohne Modell
step-without-model-tip = Eine andere Art der Bearbeitung wählen, die ohne Download auskommt
step-target = Was
step-target-hint = was sich ändern soll
step-where = Wo
step-where-hint = überall
step-found-by = Suche
step-found-by-best = automatisch
step-found-by-tip = Das Verfahren, das den Bereich dieses Schritts findet. Nach einem Wechsel wird neu gesucht.
step-becomes = Wird zu
step-becomes-hint = nichts
step-becomes-colour = Farbe
step-becomes-text = neuer Text
step-prompt = Prompt
step-prompt-hint = wie es aussehen soll

regions = Passende Bereiche
regions-all = Alle auswählen
region = { $letter }. { $reason }

candidates = Varianten
candidate = Variante { $number }
candidate-seed = Startwert { $seed }
candidate-keep = Merken
candidate-unkeep = Nicht mehr merken
candidate-original = \ halten zeigt das Original
candidate-faithful = Nur innerhalb der Maske geändert
candidate-unfaithful = Auch außerhalb der Maske geändert
candidate-fidelity = { $outside } px außerhalb der Maske geändert, { $inside } innerhalb
candidate-fidelity-seam = { $outside } px außerhalb der Maske geändert, { $inside } innerhalb. Kontrast an der Kante: { $seam } (1 = keine sichtbare Naht).
candidate-verdict-tip = Automatischer Abgleich des Ergebnisses mit der Anweisung. Er kann falsch liegen; im Zweifel zählt Ihr Auge.

recipe = Einstellungen
recipe-engine = Verfahren
recipe-colour = Farbe
recipe-colour-tip = Die neue Farbe
step-opacity = Deckkraft
recipe-adjusts = Anpassen
recipe-amount = Stärke
recipe-exposure = Belichtung
adjust-brightness = Helligkeit
adjust-contrast = Kontrast
adjust-warmth = Farbtemperatur
adjust-saturation = Sättigung
adjust-sharpness = Schärfe
adjust-blur = Weichzeichnen
adjust-greyscale = Schwarzweiß
stops = EV
recipe-candidates = Varianten
recipe-seed = Startwert
recipe-only = Nur kopieren aus
recipe-only-tip = Pixel nur aus den Masken dieser Schritte kopieren. Für einen anderen Bereich einen Schritt hinzufügen, den Bereich übermalen und den Schritt deaktivieren.
recipe-only-nothing = beliebig
recipe-avoid = Nicht kopieren aus
recipe-avoid-tip = Keine Pixel aus den Masken dieser Schritte kopieren. Um einen anderen Bereich auszuschließen, einen Schritt hinzufügen, den Bereich übermalen und den Schritt deaktivieren.
recipe-avoid-always = Wird entfernt, daher wird nichts daraus kopiert.
recipe-avoid-nothing = –
recipe-copy-steps = { $count ->
    [one] Schritt { $steps }
   *[other] Schritte { $steps }
}
recipe-copy-none-tip = Kein anderer Schritt hat eine Maske.
recipe-grow = Erweitern
recipe-feather = Weiche Kante
recipe-context = Kontext
recipe-context-automatic = { $size } px, automatisch
recipe-context-none = automatisch

placing-right = Nach rechts
placing-down = Nach unten
placing-right-n = Kopie { $n } nach rechts
placing-down-n = Kopie { $n } nach unten
placing-scale = Größe
placing-keep = Original behalten
placing-reset = Auf Anweisung zurücksetzen
placing-handle = Ziehen, um es zu verschieben
placing-handle-n = Ziehen, um Kopie { $n } zu verschieben
placing-shortened = Laut Anweisung läge es außerhalb des Fotos; es bleibt deshalb am Rand.

mask = Maske
mask-area = Maske: { $percent } % des Fotos
mask-radius = Erweitern, verkleinern, weiche Kante
mask-grow = Erweitern
mask-shrink = Verkleinern
mask-feather = Weiche Kante
mask-fill-holes = Löcher füllen
mask-remove-islands = Inseln entfernen
mask-invert = Umkehren
mask-clear = Leeren
mask-reset = Zurücksetzen
mask-import = Importieren …
mask-export = Exportieren …
mask-from = Mit Schritt kombinieren

why = Begründung
why-decomposition = Zerlegung
why-localisation = Fundstelle
why-answers = Vollständiger Dialog mit dem Modell
why-description = Beschreibung
why-sure = { $text } – zu { $percent } % sicher

history = Verlauf
history-empty = Noch keine Änderungen
history-start = Geöffnet

## Fragen

path-import-mask = Maske importieren
path-export-mask = Maske exportieren
mask-size-title = Die Maske hat eine andere Größe
mask-size-text = Die Maske ist { $mask } px groß, das Foto { $photo } px.
mask-size-scale = Skalieren
mask-size-centre = Zentrieren
drop-mask = Hier ablegen, als Maske für diesen Schritt

## Überall

cancel = Abbrechen
close = Schließen

## Die Seite ohne Foto

welcome-tagline = Fotos bearbeiten: Sie sagen, was sich ändern soll
welcome-opening = Wird geöffnet …
welcome-open = Foto öffnen …
welcome-drop = oder eine Datei hier ablegen oder ein Bild einfügen
welcome-say = Änderung beschreiben
welcome-say-how = Auch mehrere auf einmal, in einfachem Englisch
welcome-check = Masken prüfen
welcome-check-how = Mit Pinsel, Lasso oder einem Klick korrigieren
welcome-approve = Ergebnisse übernehmen
welcome-approve-how = Je Schritt eine Variante wählen, dann speichern
welcome-samples = Oder ein Beispiel ausprobieren
welcome-sample = { $name } ausprobieren: { $instruction }
welcome-quoted = „{ $instruction }“
welcome-recent = Zuletzt geöffnet
welcome-missing = nicht mehr in { $folder }
welcome-forget = { $name } aus der Liste entfernen

leftover-title = Mit { $name } weitermachen
leftover-details = { $age }, { $steps ->
    [one] 1 Schritt
   *[other] { $steps } Schritte
}
leftover-now = gerade eben
leftover-minutes = { $count ->
    [one] vor 1 Minute
   *[other] vor { $count } Minuten
}
leftover-hours = { $count ->
    [one] vor 1 Stunde
   *[other] vor { $count } Stunden
}
leftover-days = { $count ->
    [one] vor 1 Tag
   *[other] vor { $count } Tagen
}
leftover-broken = Ungespeicherte Arbeit aus einer früheren Sitzung ist nicht lesbar
leftover-restore = Wiederherstellen
leftover-restore-named = { $name } wiederherstellen
leftover-discard = Verwerfen
leftover-discard-named = { $name } verwerfen
leftover-discard-sure = Endgültig verwerfen
leftover-discard-sure-named = { $name } endgültig verwerfen
leftover-later = Später
leftover-later-tip = Beim nächsten Mal wieder fragen
menu-recent = Zuletzt geöffnet
menu-clear-recent = Liste leeren

## Einstellungen

settings-title = Einstellungen
settings-general = Allgemein
settings-canvas = Arbeitsfläche
settings-steps = Schritte
settings-shortcuts = Tastenkürzel
settings-models = Modelle
settings-network = Netzwerk
settings-reset = Seite zurücksetzen
settings-reset-tip = Standardwerte dieser Seite wiederherstellen

settings-language = Sprache
settings-language-why = Sprache des Fensters; Anweisungen sind auf Englisch. Wirkt nach einem Neustart.
settings-theme = Farbschema
settings-theme-why = Farben lassen sich auf dunklem Hintergrund am besten beurteilen
settings-theme-system = System
settings-theme-dark = Dunkel
settings-theme-light = Hell
settings-scale = Größe der Oberfläche
settings-scale-why = Zusätzlich zur Skalierung des Desktops
settings-undo = Speicher für Rückgängig
settings-undo-why = Ist er voll, lassen sich die ältesten Änderungen nicht mehr rückgängig machen
settings-threads = CPU-Kerne
settings-threads-why = Kerne für die Berechnung; 0 nutzt alle. Wirkt nach einem Neustart.
settings-threads-all = alle { $cores }
settings-gpu = Grafikkarte
settings-gpu-why = Füllungen laufen auf { $card }, schneller als auf der CPU
settings-gpu-none = Keine geeignete Grafikkarte gefunden; Füllungen laufen auf der CPU
settings-gpu-on = Füllungen auf der Grafikkarte berechnen
card-failed = Die Grafikkarte ist ausgefallen, Füllungen laufen jetzt auf der CPU. Ihre Arbeit ist sicher. Ein aktueller Grafiktreiber kann helfen.

settings-overlay = Masken anzeigen als
settings-overlay-why = Das Auge in der Werkzeugleiste wechselt die Darstellung
settings-overlay-tint = Einfärbung
settings-overlay-outline = Umriss
settings-overlay-black-and-white = Schwarzweiß
settings-overlay-off = Ausgeblendet
settings-tint = Deckkraft der Einfärbung
settings-tint-why = Wie stark die Maske des ausgewählten Schritts eingefärbt wird
settings-tint-colour = Farbe der Einfärbung
settings-tint-colour-why = Die Farben der Schritte sind auch bei Farbenblindheit unterscheidbar. Auf manchen Fotos hebt sich eine feste Farbe besser ab.
settings-tint-by-step = Je Schritt eine
settings-tint-fixed = Fest
settings-tint-pick = Farbe der Einfärbung wählen

settings-planner = Planer
settings-planner-why = LISA sieht sich das Foto an und erklärt den Plan, braucht aber ein eigenes Modell und auf der CPU einige Minuten
settings-planner-rules = Eingebaute Regeln (Englisch)
settings-planner-lisa = LISA
settings-approval = Ablauf
settings-approval-why = Wie viel ohne Rückfrage läuft. Jeder Schritt lässt sich rückgängig machen.
settings-approval-ask = Bei jedem Schritt fragen
settings-approval-auto = Weiter, wenn sicher
settings-approval-review = Alle ausführen, dann prüfen
settings-candidates = Varianten pro Durchlauf
settings-candidates-why = Ergebnisse zur Auswahl bei neuen Schritten. Mehr Varianten dauern länger.
settings-zoom = Auf ausgewählten Schritt zoomen
settings-zoom-why = Beim Auswählen eines Schritts auf seinen Bereich zoomen
settings-zoom-on = Zoomen

settings-network-honest = Alles läuft auf diesem Computer; Ihre Fotos verlassen ihn nie. Heruntergeladen werden nur Modelle, und nur auf Ihren Wunsch.
models-what = Um Neues ins Bild zu malen, ist ein Modell nötig. Modelle laufen auf diesem Computer. Downloads landen im Cache von Hugging Face, den auch andere Programme nutzen.
models-looking = wird gesucht …
models-here = installiert
models-incomplete = unvollständig
models-absent = nicht installiert
models-facts = Speicherplatz: { $size }. Arbeitsspeicher: etwa { $whole } GB auf der CPU, { $half } GB auf einer Grafikkarte.
models-licence = Lizenz:
models-verified = Alle Dateien sind unversehrt.
models-damaged = { $count ->
    [one] Eine Datei fehlt, ist beschädigt oder stammt aus einer anderen Version.
   *[other] { $count } Dateien fehlen, sind beschädigt oder stammen aus einer anderen Version.
}
models-download = Herunterladen
models-download-tip = Mit dem Herunterladen akzeptieren Sie die Lizenz { $licence }
models-go-on = Download fortsetzen
models-offline = Downloads sind ausgeschaltet
models-allow = Downloads erlauben
models-allow-tip = Schaltet „Offline bleiben“ auf der Seite „Netzwerk“ aus
models-verify = Dateien überprüfen
models-verify-tip = Vergleicht jede Datei mit ihrer bekannten Prüfsumme; dauert eine Weile
models-delete = { $size } löschen …
models-delete-tip = Löscht Dateien im Cache und umgewandelte Kopien. Ihre eigenen Modellordner bleiben unberührt.
models-delete-sure = Für alle Programme löschen
models-keep = Behalten
models-again = Neuer Versuch: { $why }
models-connecting = Verbindung wird hergestellt
models-stop = Anhalten
models-stop-tip = Lässt sich später fortsetzen
models-folders = Modellordner
models-folders-why = Werden vor dem Cache durchsucht. Jedes Repository braucht einen Ordner mit seinem Namen.
models-forget = Diesen Ordner nicht mehr durchsuchen; es wird nichts gelöscht
models-locate = Ordner hinzufügen …
models-unload = Modellspeicher freigeben
models-unload-tip = Modelle bleiben für den nächsten Durchlauf geladen und werden nach zehn Minuten ohne Nutzung entladen
models-none-there = Kein vollständiges Modell in { $folder } gefunden. Wählen Sie den Ordner, der die Modell-Repositorys enthält.
models-found-there = { $names } gefunden
verdict-missing = fehlt
verdict-size = { $got } statt { $wanted } Byte
verdict-sum = Prüfsumme stimmt nicht
verdict-good = OK
path-models = Ordner mit Modellen wählen
step-models = Modelle …
recipe-sampling = Sampling
recipe-sampling-own = Standard (DDPM oder DDIM)
recipe-sampling-dpm = DPM-Solver++
recipe-sampling-tip = DPM-Solver++ braucht etwa 20 Rechenschritte, DDPM und DDIM etwa 50
recipe-steps = Rechenschritte
recipe-guidance = Prompt-Treue
recipe-guidance-tip = Wie genau sich das Ergebnis an den Prompt hält
recipe-strength = Stärke
recipe-strength-tip = Wie stark sich der Inhalt ändern darf. Bei 1 zählen die vorhandenen Pixel nicht.
recipe-resolution = Auflösung
recipe-resolution-tip = Arbeitsauflösung des Modells bei quadratischem Bereich
recipe-colours = Farben angleichen
recipe-colours-tip = Gleicht den Farbstich aus, den Modelle erzeugen
recipe-negative = Negativer Prompt
recipe-negative-tip = Was im Ergebnis nicht vorkommen soll
settings-offline = Offline bleiben
settings-offline-why = Stellt keine Netzwerkverbindungen her. Zum Herunterladen von Modellen ausschalten.
settings-offline-on = Offline
settings-proxy = Proxy
settings-proxy-why = Leer lassen, um den Proxy des Systems zu verwenden
settings-proxy-hint = http://host:port

## Tastenkürzel

keys-filter = Aktionen und Tasten suchen
keys-how = Zum Ändern auf die Tasten einer Aktion klicken. Beim Schreiben in Textfeldern geben einzelne Tasten wie gewohnt Zeichen ein.
keys-nothing-found = Keine passende Aktion
keys-press = Neue Tasten drücken …
keys-press-how = Drücken Sie die neuen Tasten, auf Wunsch mit Strg, Alt oder Umschalt. Esc bricht ab.
keys-none = keine
keys-of = Tasten für { $action }: { $keys }
keys-change = Tasten für „{ $action }“ ändern
keys-remove = Tasten für „{ $action }“ entfernen
keys-reset = Standardtasten für „{ $action }“ wiederherstellen
keys-conflict = { $keys } ist schon mit „{ $action }“ belegt.
keys-take = Von „{ $action }“ übernehmen
keys-reserved-escape = Esc bricht immer ab und schließt. Drücken Sie andere Tasten.
keys-reserved-tab = Tab wechselt zwischen den Bedienelementen. Drücken Sie andere Tasten.
keys-reserved-held = Leertaste halten verschiebt die Ansicht, \ halten zeigt das Original. Drücken Sie andere Tasten.
keys-reserved-text = Textfelder und Zwischenablage brauchen diese Tasten. Drücken Sie andere.

## Aktionen: Menüs, Palette, Tooltips und die Liste der Tasten

action-open = Öffnen …
action-save = Speichern
action-save-as = Speichern unter …
action-quit = Beenden
action-undo = Rückgängig
action-redo = Wiederholen
action-history = Verlauf
action-copy-image = Foto kopieren
action-instruction = Anweisung eingeben
action-settings = Einstellungen …
action-models = Modelle …
action-plan = Anweisung planen
action-plan-or-run = Planen oder Schritt ausführen
action-run = Schritt ausführen
action-update-all = Alle aktualisieren
action-run-all = Alle Schritte ausführen
action-approve = Übernehmen
action-skip = Überspringen
action-reopen = Wieder öffnen
action-favourite = Variante als Favorit merken
action-new-seed = Neuen Startwert würfeln
action-locate = Neu suchen
action-plan-step = Diesen Schritt neu planen
action-plan-from = Ab diesem Schritt auf dem aktuellen Bild planen
action-duplicate-step = Duplizieren
action-delete-step = Löschen
action-split-step = Nach Bereichen teilen
action-merge-step = Mit dem Schritt darüber zusammenfügen
action-move-step-up = Nach oben verschieben
action-move-step-down = Nach unten verschieben
action-nudge-left = Etwas nach links rücken
action-nudge-right = Etwas nach rechts rücken
action-nudge-up = Etwas nach oben rücken
action-nudge-down = Etwas nach unten rücken
action-toggle-step = Aktivieren oder deaktivieren
action-next-candidate = Nächste Variante
action-previous-candidate = Vorherige Variante
action-next-step = Nächster Schritt
action-previous-step = Vorheriger Schritt
action-cancel = Laufende Aufgaben abbrechen
action-view-tool = Ansicht verschieben
action-brush-tool = Pinsel
action-eraser-tool = Radierer
action-lasso-tool = Lasso
action-shape-tool = Rechteck oder Ellipse
action-wand-tool = Zauberstab
action-smart-tool = Objektauswahl
action-context-tool = Kontextrahmen
action-swap-tool = Zwischen Hinzufügen und Abziehen wechseln
action-smaller-brush = Pinsel kleiner
action-larger-brush = Pinsel größer
action-softer-brush = Pinsel weicher
action-harder-brush = Pinsel härter
action-invert-mask = Umkehren
action-grow-mask = Erweitern
action-shrink-mask = Verkleinern
action-feather-mask = Weiche Kante
action-fill-holes = Löcher füllen
action-remove-islands = Inseln entfernen
action-clear-mask = Leeren
action-reset-mask = Auf Vorschlag zurücksetzen
action-copy-mask = Maske kopieren
action-paste-mask = Maske einfügen
action-import-mask = Maske importieren …
action-export-mask = Maske exportieren …
action-zoom-in = Einzoomen
action-zoom-out = Auszoomen
action-fit = In Fenster einpassen
action-actual-size = Originalgröße
action-fit-mask = Maske einpassen
action-overlay = Maskendarstellung wechseln
action-show-changes = Meine Änderungen an der Maske zeigen
action-compare = Mit Original vergleichen
action-switch-theme = Zwischen dunkel und hell wechseln
action-palette = Befehlspalette …
action-about = Über Tie Studio
action-keys = Tastenkürzel

## Menüs

menu-file = Datei
menu-edit = Bearbeiten
menu-step = Schritt
menu-tools = Werkzeuge
menu-mask = Maske
menu-view = Ansicht
menu-help = Hilfe
menu-undo-what = Rückgängig: { $what }
menu-redo-what = Wiederholen: { $what }

## Über dem Fenster

dismiss = Ausblenden
unsaved-question = Änderungen an { $name } speichern?
unsaved-nameless = diesem Foto
unsaved-why = Ohne Speichern gehen übernommene Bearbeitungen und korrigierte Masken verloren.
unsaved-save = Speichern …
unsaved-discard = Nicht speichern
undecided-question = { $n ->
    [one] Auch das noch nicht übernommene Ergebnis speichern?
   *[other] Auch die { $n } noch nicht übernommenen Ergebnisse speichern?
}
undecided-why = Ein Ergebnis wird erst mit dem Übernehmen Teil des gespeicherten Fotos.
undecided-approve = Übernehmen und speichern
undecided-without = Nur Übernommenes
palette-hint = Befehl eingeben
palette-nothing = Kein passender Befehl
path-save-title = Foto speichern
path-open-title = Foto öffnen
path-save = Speichern
path-open = Öffnen
path-why = Kein Dateidialog verfügbar (xdg-desktop-portal oder zenity installieren). Geben Sie stattdessen den Pfad ein.
path-label = Pfad
path-exists = Diese Datei gibt es schon; sie wird ersetzt
path-original = Das ist das Originalfoto. Das Ersetzen lässt sich nicht rückgängig machen.
path-missing = { $path } gibt es nicht. Prüfen Sie den Pfad.
path-is-folder = { $path } ist ein Ordner. Ergänzen Sie einen Dateinamen.
path-no-folder = Den Ordner { $path } gibt es nicht. Legen Sie ihn erst an oder wählen Sie einen anderen.
path-replace = Ersetzen
keys-title = Tastenkürzel
keys-pointer = Maus
keys-wheel = Scrollen zoomt an der Zeigerposition
keys-pan = Ziehen mit mittlerer Maustaste oder Leertaste verschiebt die Ansicht
keys-subtract = Ziehen mit rechter Maustaste oder Strg zieht von der Maske ab
keys-original = \ halten zeigt das Original
drop-to-open = Zum Öffnen hier ablegen

## Statusleiste

status-seconds-left = noch etwa { $n } s
status-minutes-left = noch etwa { $n } min
status-zoom = Zoom
status-zoom-now = Zoom { $zoom }
status-zoom-fit = Einpassen
status-ready = Bereit
status-waiting = Wartet
phase-planning = Planen
phase-locating = Suchen
phase-looking = Foto analysieren
phase-filling = Füllen
phase-adjusting = Anpassen
phase-compositing = Zusammensetzen
phase-checking = Ergebnis prüfen
phase-opening = Öffnen
phase-saving = Speichern
phase-downloading = Herunterladen
phase-verifying = Überprüfen
phase-loading-text-encoder = Text-Encoder laden
phase-loading-image-encoder = Bild-Encoder laden
phase-loading-prior = Prior laden
phase-loading-unet = UNet laden
phase-loading-autoencoder = Autoencoder laden
phase-loading-segmenter = Segment Anything laden
phase-loading-language-model = Sprachmodell laden
phase-loading-text-to-mask = CLIPSeg laden
phase-thinking = Prompt lesen
phase-answering = Antworten
phase-imagining = Bildidee entwerfen
phase-encoding = Kodieren
phase-denoising = Entrauschen
phase-decoding = Dekodieren
status-of-step = { $phase }: { $step }
status-more = { $count } in Warteschlange
status-cancel-tip = Alle laufenden Aufgaben abbrechen ({ $keys })
status-offline = Offline
status-offline-why = Alles läuft auf diesem Computer. Es werden keine Netzwerkverbindungen hergestellt.
status-online = Online
status-online-why = Alles läuft auf diesem Computer. Modelle werden nur auf Ihren Wunsch heruntergeladen.
status-download = Modell wird heruntergeladen: { $percent } %
status-memory = { $megabytes } MB
status-memory-tip = Belegter Arbeitsspeicher, ohne Grafikkarte. Rückgängig: { $undo } von { $most } MB.
status-size = { $size } px
status-megapixels = { $megapixels } Megapixel
status-brush = { $size } px, { $hardness } % Härte
status-brush-keys = Größe { $smaller } { $larger }   Härte { $softer } { $harder }

## Systemdialoge

dialog-photographs = Fotos

## Verlauf

done-plan = Planen
done-locate = Suchen
done-add-mask = Maske eines anderen Schritts hinzufügen
done-subtract-mask = Maske eines anderen Schritts abziehen
done-intersect-mask = Schnittmenge mit der Maske eines anderen Schritts
done-set-mask = Maske setzen
done-brush = Pinselstrich
done-eraser = Radierstrich
done-rectangle = Rechteck
done-ellipse = Ellipse
done-lasso = Lasso
done-copy-rule = Kopierquellen ändern
done-choose-region = Bereich wählen
done-choose-result = Ergebnis wählen
done-choose-all-regions = Alle Bereiche wählen
done-wand = Zauberstab
done-smart = Objektauswahl
done-run = „{ $step }“ ausführen
done-approve = „{ $step }“ übernehmen
done-skip = „{ $step }“ überspringen
done-reopen = „{ $step }“ wieder öffnen
done-update = Aktualisieren
done-opacity = Deckkraft von „{ $step }“
done-edit-step = Schritt bearbeiten
done-edit-recipe = Einstellungen ändern
done-add-step = Schritt hinzufügen
done-duplicate = Schritt duplizieren
done-split = Schritt teilen
done-merge = Schritte zusammenfügen
done-move = Schritt verschieben
done-delete = „{ $step }“ löschen
done-enable = Schritt aktivieren
done-disable = Schritt deaktivieren
done-invert = Maske umkehren
done-clear = Maske leeren
done-reset = Maske auf Vorschlag zurücksetzen
done-grow = Maske erweitern
done-shrink = Maske verkleinern
done-feather = Maskenkante weichzeichnen
done-fill-holes = Löcher füllen
done-remove-islands = Inseln entfernen

## Was das Programm meldet

say-wait-unsure = { $n ->
    [one] 1 Schritt braucht Ihre Hilfe: Der Bereich ist unsicher
   *[other] { $n } Schritte brauchen Ihre Hilfe: Die Bereiche sind unsicher
}
say-wait-unsure-or-empty = { $n ->
    [one] 1 Schritt braucht Ihre Hilfe: Es wurde nichts gefunden
   *[other] { $n } Schritte brauchen Ihre Hilfe: Die Bereiche sind unsicher oder wurden nicht gefunden
}
say-needs-model = Schritt { $step } lässt sich noch nicht ausführen. { $why } Laden Sie unter Bearbeiten › Modelle ein Modell herunter oder wählen Sie beim Schritt eine andere Art der Bearbeitung.
say-needs-mask = Schritt { $step } hat noch keine Maske. Übermalen Sie, was sich ändern soll, oder klicken Sie es mit der Objektauswahl an.
say-needs-result = Schritt { $step } wartet auf das Ergebnis eines anderen Schritts. Führen Sie diesen zuerst aus.
say-left-out = { $n ->
    [one] 1 Schritt braucht ein Modell und wurde ausgelassen.
   *[other] { $n } Schritte brauchen ein Modell und wurden ausgelassen.
}
say-all-ran = Alle Schritte sind ausgeführt. Sehen Sie sie durch und öffnen Sie wieder, was nicht stimmt.
say-empty-clipboard = Das Bild in der Zwischenablage ist leer. Kopieren Sie es noch einmal.
say-copied-photo = Foto kopiert
say-saved = { $name } gespeichert
say-no-instruction = Geben Sie zuerst auf Englisch ein, was sich ändern soll, zum Beispiel „remove the spoon and turn the cup blue“.
say-no-photo = Öffnen Sie zuerst ein Foto.
say-saved-mask = Maske als { $name } gespeichert
say-copied-mask = Maske kopiert
say-no-copied-mask = Es ist keine Maske kopiert. Kopieren Sie zuerst eine mit Maske › Maske kopieren.
say-inverted = Die Maske schien umgekehrt zu sein und wurde umgedreht. Mit Maske › Umkehren lässt sich das rückgängig machen.
say-mask-over-photo = { $name } ist das Foto selbst. Wählen Sie für die Maske einen anderen Namen.
say-no-image-on-clipboard = In der Zwischenablage ist kein Bild. Kopieren Sie zuerst eines.
say-one-region = Die Maske hat nur einen Bereich und lässt sich daher nicht teilen. Trennen Sie die Teile zuerst mit dem Radierer.
say-merge-decided = Nur offene Schritte lassen sich zusammenfügen. Öffnen Sie sie zuerst wieder.
say-merge-kinds = „{ $one }“ und „{ $other }“ sind verschiedene Arten der Bearbeitung und lassen sich daher nicht zusammenfügen.
