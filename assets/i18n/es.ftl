# Los textos de la ventana en español (Project Fluent, https://projectfluent.org).
# Mayúscula solo inicial; sin punto final tras una frase suelta; «…» donde se pide algo más.

about-version = Versión { $version }
about-what = Edite una foto con solo decir qué cambiar: un planificador divide la instrucción en pasos, cada uno con su máscara y su resultado, y usted los aprueba uno a uno.
about-licence = Licencia: { $licence }
about-keys = Atajos de teclado
app-name = Tie Studio

## Lienzo

canvas = Lienzo
canvas-split = Divisor de la comparación
canvas-original = Original
canvas-compare = Izquierda: original. Derecha: editada. Pulse C para dejar de comparar.
canvas-planning = Planificando…
canvas-no-steps = Escriba a la derecha, en inglés, qué quiere cambiar y pulse Ctrl+Intro, o pinte encima de lo que quiera quitar
canvas-nothing-found = No se ha encontrado nada. Pinte encima con el pincel o márquelo con la selección de objeto (S).
canvas-unsure = Región dudosa. Haga clic en su letra si es correcta, o corrija la máscara.
canvas-ambiguous = Coinciden varias regiones. Haga clic en la letra de la que busca, o selecciónelas todas.
canvas-smart-hover = Haga clic para seleccionarlo: { $what }
canvas-smart = Haga clic en el objeto, Mayús+clic para excluir, o arrastre un recuadro a su alrededor
canvas-selecting = Buscando…
canvas-selected = Intro acepta, Esc cancela; haga clic de nuevo para afinar
canvas-selected-several = Intro acepta, Esc cancela, Tab muestra la siguiente coincidencia; haga clic de nuevo para afinar
canvas-selected-nothing = Sin coincidencias. Haga clic de nuevo o pulse Esc.
canvas-polygon = Haga clic en los vértices. Doble clic o Intro cierra la forma, Esc cancela.
canvas-tolerance = Tolerancia { $tolerance }

## Herramientas

tool-view = Vista
tool-brush = Pincel
tool-eraser = Borrador
tool-lasso = Lazo
tool-shape = Forma
tool-wand = Varita mágica
tool-smart = Selección de objeto
tool-context = Recuadro de contexto

options-view = Arrastre para desplazar, rueda para el zoom, doble clic para ajustar
options-size = Tamaño
options-hardness = Dureza
options-opacity = Opacidad
options-spacing = Espaciado
options-pressure = Presión del lápiz
options-pressure-nothing = nada
options-pressure-size = tamaño
options-pressure-opacity = opacidad
options-freehand = A mano alzada
options-polygon = Polígono
options-rectangle = Rectángulo
options-ellipse = Elipse
options-shape = Mantenga pulsada Mayús para un cuadrado o un círculo
options-tolerance = Tolerancia
options-contiguous = Contiguo
options-wand = Arrastre para cambiar la tolerancia
options-smart = Haga clic, Mayús+clic o arrastre un recuadro
options-add = Añadir a la máscara
options-subtract = Restar de la máscara
options-intersect = Intersecar con la máscara
options-accept = Aceptar
options-discard = Descartar
options-next = Siguiente ({ $shown } de { $all })
options-next-tip = Mostrar la siguiente coincidencia (Tab)
options-no-context = El recuadro de contexto aparece cuando el paso tiene máscara y motor
options-context = La parte de la foto que ve el motor
options-context-chosen = { $size } px, personalizado
options-context-automatic = { $size } px, automático
options-context-reset = Automático
options-more = Más opciones

## Plan

plan-instruction = Instrucción
plan-instruction-hint = Por ejemplo, en inglés: «remove the spoon and turn the cup blue»
plan-plan = Planificar
plan-replaces = { $n ->
    [0] Los pasos aprobados, omitidos y corregidos se conservan.
    [one] Reemplaza 1 paso, salvo que el nuevo plan pida lo mismo. Los pasos aprobados, omitidos y corregidos se conservan.
   *[other] Reemplaza { $n } pasos, salvo donde el nuevo plan pida lo mismo. Los pasos aprobados, omitidos y corregidos se conservan.
}
plan-run-all = Ejecutar todo
plan-update-all = Actualizar todo
plan-add = Paso
plan-approval = Aprobación: { $mode }
plan-add-tip = Añadir un paso a mano
plan-empty = Cada cambio que pida aparecerá aquí como un paso, con su propia máscara.
plan-not-understood = No se ha entendido: { $words }. Dígalo de otra forma y planifique de nuevo, o añada un paso a mano.
plan-not-understood-dismiss = Ignorar
ask-remove = Quitar…
ask-recolour = Fondo en blanco y negro
ask-blur = Desenfocar el fondo
ask-brighten = Aclarar
ask-warmer = Más cálida
ask-move = Mover…
ask-text = Cambiar texto…
plan-empty-by-hand = También puede pintar encima de lo que quiera quitar, o añadir un paso a mano y ejecutarlo.

op-remove = Quitar
op-replace = Reemplazar
op-add = Añadir
op-recolor = Cambiar color
op-material = Material
op-attribute = Atributo
op-text = Texto
op-count = Número
op-move = Mover
op-pose = Pose
op-background = Fondo
op-style = Estilo
op-adjust = Ajustar
op-other = Otro

card-name = Paso { $number }: { $title }
card-name-state = Paso { $number }: { $title }. { $state }
card-kind = Tipo de edición: { $kind }
card-kind-tip = Cambiar el tipo de edición o el motor
card-kind-model = necesita un modelo
card-before = Antes
card-after-picture = Después
card-more = Más
card-enable = Activar este paso
card-disable = Desactivar este paso
card-painted-region = región pintada
card-whole-image = toda la imagen
card-thumbnail = La zona que cambia este paso
card-run-again = Actualizar
card-unseen = Resultados nuevos

state-disabled = Desactivado: no se ve ni se ejecuta
state-waits = A la espera del resultado del paso { $steps }
state-draft = Aún sin buscar
state-locating = Buscando…
state-found = Encontrado
state-paint = Pinte encima de lo que quiera cambiar
state-empty = No se ha encontrado nada. Pinte encima o márquelo con la selección de objeto.
state-queued = En espera
state-starting = Iniciando
state-running = { $phase } { $percent } %
state-doubtful = El resultado puede ser incorrecto. Compruébelo antes de aprobarlo.
state-outdated = Desactualizado: ha cambiado algo de lo que depende.
state-ready = { $n ->
    [one] Listo para aprobar
   *[other] Listo para aprobar. { $n } variantes.
}
state-stale = Aprobado, pero ha cambiado algo de lo que depende.
state-approved = Aprobado
state-skipped = Omitido

doubt-low = Región dudosa. Haga clic en su letra si es correcta, o corrija la máscara.
doubt-large = Ocupa gran parte de la foto. Haga clic en su letra si es correcto, o corrija la máscara.
doubt-same = Es la misma región que «{ $target }» en el paso { $step }. Haga clic en su letra si es correcto, o corrija la máscara.
doubt-kept = Puede incluir «{ $kept }», que quiere conservar. Haga clic en su letra si es correcto, o corrija la máscara.
doubt-rivals = ¿Cuál? Coinciden { $n } regiones.

## Inspector

step = Paso
step-approve = Aprobar
step-run = Ejecutar
step-update = Actualizar
step-new-seed = Nueva semilla
step-skip = Omitir
step-reopen = Reabrir
step-locate = Buscar de nuevo
step-plan-first = La instrucción ha cambiado. Planifíquela para obtener sus pasos.
step-without-model = Probar sin modelo
step-without-model-tip = Elegir otro tipo de edición que no necesite descargas
step-target = Qué
step-target-hint = qué cambiar, en inglés
step-where = Dónde
step-where-hint = en cualquier lugar
step-found-by = Búsqueda
step-found-by-best = automática
step-found-by-tip = El motor que busca la región de este paso. Al elegir otro, se busca de nuevo.
step-becomes = Pasa a ser
step-becomes-hint = nada
step-becomes-colour = un color
step-becomes-text = texto nuevo
step-prompt = Prompt
step-prompt-hint = qué aspecto debe tener, en inglés

regions = Regiones que coinciden
regions-all = Seleccionar todas
region = { $letter }. { $reason }

candidates = Variantes
candidate = Variante { $number }
candidate-seed = Semilla { $seed }
candidate-keep = Conservar
candidate-unkeep = No conservar
candidate-original = Mantenga pulsada \ para ver el original
candidate-faithful = Solo ha cambiado el interior de la máscara
candidate-unfaithful = Han cambiado píxeles fuera de la máscara
candidate-fidelity = Han cambiado { $outside } px fuera de la máscara y { $inside } dentro
candidate-fidelity-seam = Han cambiado { $outside } px fuera de la máscara y { $inside } dentro. Contraste en el borde: { $seam } (1 significa que la unión no se nota).
candidate-verdict-tip = Comprobación automática del resultado según la instrucción. Puede equivocarse; confíe en sus ojos.

recipe = Ajustes del paso
recipe-engine = Motor
recipe-colour = Color
recipe-colour-tip = El color nuevo
step-opacity = Opacidad
recipe-adjusts = Ajuste
recipe-amount = Cantidad
recipe-exposure = Exposición
adjust-brightness = Brillo
adjust-contrast = Contraste
adjust-warmth = Temperatura
adjust-saturation = Saturación
adjust-sharpness = Nitidez
adjust-blur = Desenfoque
adjust-greyscale = Blanco y negro
stops = EV
recipe-candidates = Variantes
recipe-seed = Semilla
recipe-only = Copiar solo de
recipe-only-tip = Copia píxeles solo del interior de las máscaras de estos pasos. Para usar otra zona, añada un paso, pinte la zona y desactive el paso.
recipe-only-nothing = cualquier lugar
recipe-avoid = No copiar de
recipe-avoid-tip = No copia ningún píxel del interior de las máscaras de estos pasos. Para excluir otra zona, añada un paso, pinte la zona y desactive el paso.
recipe-avoid-always = Va a quitarlo, así que no se copia nada de ahí.
recipe-avoid-nothing = ninguno
recipe-copy-steps = { $count ->
    [one] paso { $steps }
   *[other] pasos { $steps }
}
recipe-copy-none-tip = Ningún otro paso tiene máscara.
recipe-grow = Ampliar
recipe-feather = Suavizar el borde
recipe-context = Contexto
recipe-context-automatic = { $size } px, automático
recipe-context-none = automático

placing-right = A la derecha
placing-down = Hacia abajo
placing-right-n = Copia { $n }, a la derecha
placing-down-n = Copia { $n }, hacia abajo
placing-scale = Tamaño
placing-keep = Conservar el original
placing-reset = Volver a la instrucción
placing-handle = Arrastre para moverlo
placing-handle-n = Arrastre para mover la copia { $n }
placing-shortened = La instrucción lo coloca fuera de la foto, así que se detiene en el borde.

mask = Máscara
mask-area = Máscara: { $percent } % de la foto
mask-radius = Ampliar, reducir y suavizar en
mask-grow = Ampliar
mask-shrink = Reducir
mask-feather = Suavizar el borde
mask-fill-holes = Rellenar huecos
mask-remove-islands = Quitar islas
mask-invert = Invertir
mask-clear = Vaciar
mask-reset = Restablecer
mask-import = Importar…
mask-export = Exportar…
mask-from = Combinar con el paso

why = Por qué
why-decomposition = División en pasos
why-localisation = Ubicación
why-answers = Conversación completa con el modelo
why-description = Descripción
why-sure = { $text } – certeza: { $percent } %

history = Historial
history-empty = Aún no hay cambios
history-start = Abrir

## Preguntas

path-import-mask = Importar una máscara
path-export-mask = Exportar la máscara
mask-size-title = La máscara tiene otro tamaño
mask-size-text = La máscara mide { $mask } px y la foto, { $photo } px.
mask-size-scale = Escalar a la foto
mask-size-centre = Centrar
drop-mask = Suelte para usarla como máscara de este paso

## En todas partes

cancel = Cancelar
close = Cerrar

## La página sin foto

welcome-tagline = Edite una foto diciendo qué quiere cambiar
welcome-opening = Abriendo…
welcome-open = Abrir foto…
welcome-drop = o arrastre aquí un archivo, o pegue una imagen
welcome-say = Diga qué cambiar
welcome-say-how = Pida varios cambios a la vez, en inglés y con palabras sencillas
welcome-check = Compruebe las máscaras
welcome-check-how = Corríjalas con el pincel, el lazo o un clic
welcome-approve = Apruebe los resultados
welcome-approve-how = Elija una variante para cada paso y guarde
welcome-samples = O pruebe con una de estas
welcome-sample = Probar con { $name }: { $instruction }
welcome-quoted = «{ $instruction }»
welcome-recent = Recientes
welcome-missing = ya no está en { $folder }
welcome-forget = Quitar { $name } de la lista

leftover-title = Continuar donde lo dejó con { $name }
leftover-details = { $age }, { $steps ->
    [one] 1 paso
   *[other] { $steps } pasos
}
leftover-now = ahora mismo
leftover-minutes = { $count ->
    [one] hace 1 minuto
   *[other] hace { $count } minutos
}
leftover-hours = { $count ->
    [one] hace 1 hora
   *[other] hace { $count } horas
}
leftover-days = { $count ->
    [one] hace 1 día
   *[other] hace { $count } días
}
leftover-broken = No se puede leer el trabajo sin guardar de una sesión anterior
leftover-restore = Restaurar
leftover-restore-named = Restaurar { $name }
leftover-discard = Descartar
leftover-discard-named = Descartar { $name }
leftover-discard-sure = Descartar definitivamente
leftover-discard-sure-named = Descartar { $name } definitivamente
leftover-later = Más tarde
leftover-later-tip = Volver a preguntar la próxima vez
menu-recent = Abrir recientes
menu-clear-recent = Vaciar la lista

## Preferencias

settings-title = Preferencias
settings-general = General
settings-canvas = Lienzo
settings-steps = Pasos
settings-shortcuts = Atajos
settings-models = Modelos
settings-network = Red
settings-reset = Restablecer esta página
settings-reset-tip = Restaurar los valores predeterminados de esta página

settings-language = Idioma
settings-language-why = Idioma de la ventana; las instrucciones van en inglés. Se aplica al reiniciar.
settings-theme = Tema
settings-theme-why = Los colores se aprecian mejor sobre un fondo oscuro
settings-theme-system = Sistema
settings-theme-dark = Oscuro
settings-theme-light = Claro
settings-scale = Escala de la interfaz
settings-scale-why = Multiplica la escala del escritorio
settings-undo = Memoria para deshacer
settings-undo-why = Cuando se llena, los cambios más antiguos ya no se pueden deshacer
settings-threads = Núcleos de CPU
settings-threads-why = Núcleos para el procesamiento; 0 los usa todos. Se aplica al reiniciar el programa.
settings-threads-all = todos ({ $cores })
settings-gpu = Tarjeta gráfica
settings-gpu-why = Los rellenos se calculan con { $card }, más rápido que con la CPU
settings-gpu-none = No hay ninguna tarjeta gráfica compatible; los rellenos se calculan con la CPU
settings-gpu-on = Calcular los rellenos con la tarjeta gráfica
card-failed = La tarjeta gráfica ha fallado, así que los rellenos se calculan ahora con la CPU. Su trabajo está a salvo. Actualizar el controlador gráfico puede ayudar.

settings-overlay = Mostrar las máscaras como
settings-overlay-why = El ojo de la barra de herramientas recorre estas opciones
settings-overlay-tint = Tinte
settings-overlay-outline = Contorno
settings-overlay-black-and-white = Blanco y negro
settings-overlay-off = Ocultas
settings-tint = Opacidad del tinte
settings-tint-why = Con qué intensidad se tiñe la máscara del paso seleccionado
settings-tint-colour = Color del tinte
settings-tint-colour-why = Los colores de los pasos se distinguen también con daltonismo. En algunas fotos puede verse mejor un solo color fijo.
settings-tint-by-step = Uno por paso
settings-tint-fixed = Fijo
settings-tint-pick = Elegir el color del tinte

settings-planner = Planificador
settings-planner-why = LISA mira la foto y explica su plan, pero necesita su modelo y tarda minutos en una CPU
settings-planner-rules = Reglas integradas (inglés)
settings-planner-lisa = LISA
settings-approval = Aprobación
settings-approval-why = Cuánto se ejecuta sin preguntar. Cualquier paso se puede deshacer.
settings-approval-ask = Preguntar en cada paso
settings-approval-auto = Continuar si no hay dudas
settings-approval-review = Ejecutar todo y revisar después
settings-candidates = Variantes por ejecución
settings-candidates-why = Resultados entre los que elegir en los pasos nuevos. Cuantos más, más tarda.
settings-zoom = Zoom al paso seleccionado
settings-zoom-why = Al seleccionar un paso, acerca la vista a su región
settings-zoom-on = Zoom

settings-network-honest = Todo se ejecuta en este equipo; sus fotos nunca salen de él. Solo se descargan modelos, y solo cuando usted lo pide.
models-what = Para pintar algo nuevo hace falta un modelo. Los modelos se ejecutan en este equipo. Las descargas van a la caché de Hugging Face, que comparten otros programas.
models-looking = buscando…
models-here = instalado
models-incomplete = incompleto
models-absent = no instalado
models-facts = Disco: { $size }. Memoria: unos { $whole } GB en la CPU, { $half } GB en una tarjeta gráfica.
models-licence = Licencia:
models-verified = Todos los archivos están intactos.
models-damaged = { $count ->
    [one] Un archivo falta, está dañado o es de otra versión.
   *[other] { $count } archivos faltan, están dañados o son de otra versión.
}
models-download = Descargar
models-download-tip = Al descargarlo, acepta su licencia, { $licence }
models-go-on = Reanudar descarga
models-offline = Las descargas están desactivadas
models-allow = Permitir descargas
models-allow-tip = Desactiva «Permanecer sin conexión» en la página Red
models-verify = Verificar archivos
models-verify-tip = Compara cada archivo con su suma de comprobación; tarda un rato
models-delete = Eliminar { $size }…
models-delete-tip = Elimina los archivos de la caché y las copias convertidas. Sus propias carpetas de modelos no se tocan.
models-delete-sure = Eliminar para todos los programas
models-keep = Conservar
models-again = Reintentando: { $why }
models-connecting = Conectando
models-stop = Pausar
models-stop-tip = Puede reanudarla más tarde
models-folders = Carpetas de modelos
models-folders-why = Se consultan antes que la caché. Cada repositorio necesita una carpeta con su mismo nombre.
models-forget = Dejar de buscar en esta carpeta; no se elimina nada
models-locate = Añadir carpeta…
models-unload = Liberar la memoria de modelos
models-unload-tip = Los modelos quedan cargados para la próxima ejecución y se liberan tras diez minutos de inactividad
models-none-there = No hay ningún modelo completo en { $folder }. Elija la carpeta que contiene los repositorios de modelos.
models-found-there = Encontrado: { $names }
verdict-missing = falta
verdict-size = { $got } bytes en lugar de { $wanted }
verdict-sum = la suma de comprobación no coincide
verdict-good = correcto
path-models = Elegir una carpeta de modelos
step-models = Modelos…
recipe-sampling = Muestreo
recipe-sampling-own = Predeterminado (DDPM o DDIM)
recipe-sampling-dpm = DPM-Solver++
recipe-sampling-tip = DPM-Solver++ necesita unas 20 iteraciones; DDPM y DDIM, unas 50
recipe-steps = Iteraciones
recipe-guidance = Guía
recipe-guidance-tip = Con qué fidelidad se sigue el prompt
recipe-strength = Intensidad
recipe-strength-tip = Cuánto puede cambiar el contenido. Con 1 se ignoran los píxeles actuales.
recipe-resolution = Resolución
recipe-resolution-tip = Resolución de trabajo del modelo, para una región cuadrada
recipe-colours = Igualar colores
recipe-colours-tip = Corregir la dominante de color que añaden los modelos
recipe-negative = Prompt negativo
recipe-negative-tip = Lo que no debe aparecer en el resultado
settings-offline = Permanecer sin conexión
settings-offline-why = No se conecta a la red. Desactívelo para descargar modelos.
settings-offline-on = Sin conexión
settings-proxy = Proxy
settings-proxy-why = Déjelo vacío para usar el proxy del sistema
settings-proxy-hint = http://servidor:puerto

## Atajos

keys-filter = Buscar acciones y teclas
keys-how = Haga clic en las teclas de una acción para cambiarlas. Mientras edita texto, las teclas sueltas escriben como siempre.
keys-nothing-found = No hay ninguna acción que coincida
keys-press = Pulse las teclas nuevas…
keys-press-how = Pulse las teclas nuevas, con Ctrl, Alt o Mayús si quiere. Esc cancela.
keys-none = ninguna
keys-of = Teclas de { $action }: { $keys }
keys-change = Cambiar las teclas de «{ $action }»
keys-remove = Quitar las teclas de «{ $action }»
keys-reset = Restablecer las teclas de «{ $action }»
keys-conflict = { $keys } ya se usa para «{ $action }».
keys-take = Quitárselo a «{ $action }»
keys-reserved-escape = Esc siempre cancela y cierra. Pulse otras teclas.
keys-reserved-tab = Tab pasa de un control a otro. Pulse otras teclas.
keys-reserved-held = Mantener pulsado Espacio desplaza la vista y mantener \ muestra el original. Pulse otras teclas.
keys-reserved-text = Los campos de texto y el portapapeles necesitan estas teclas. Pulse otras.

## Acciones: menús, paleta, descripciones emergentes y lista de teclas

action-open = Abrir…
action-save = Guardar
action-save-as = Guardar como…
action-quit = Salir
action-undo = Deshacer
action-redo = Rehacer
action-history = Historial
action-copy-image = Copiar la foto
action-instruction = Escribir una instrucción
action-settings = Preferencias…
action-models = Modelos…
action-plan = Planificar la instrucción
action-plan-or-run = Planificar o ejecutar el paso
action-run = Ejecutar el paso
action-update-all = Actualizar todo
action-run-all = Ejecutar todos los pasos
action-approve = Aprobar
action-skip = Omitir
action-reopen = Reabrir
action-favourite = Conservar la variante como favorita
action-new-seed = Probar otra semilla
action-locate = Buscar de nuevo
action-plan-step = Planificar de nuevo este paso
action-plan-from = Planificar desde este paso sobre la imagen actual
action-duplicate-step = Duplicar
action-delete-step = Eliminar
action-split-step = Dividir por regiones
action-merge-step = Fusionar con el paso de arriba
action-move-step-up = Subir
action-move-step-down = Bajar
action-nudge-left = Desplazar a la izquierda
action-nudge-right = Desplazar a la derecha
action-nudge-up = Desplazar hacia arriba
action-nudge-down = Desplazar hacia abajo
action-toggle-step = Activar o desactivar
action-next-candidate = Variante siguiente
action-previous-candidate = Variante anterior
action-next-step = Paso siguiente
action-previous-step = Paso anterior
action-cancel = Cancelar las tareas en curso
action-view-tool = Mover la vista
action-brush-tool = Pincel
action-eraser-tool = Borrador
action-lasso-tool = Lazo
action-shape-tool = Rectángulo o elipse
action-wand-tool = Varita mágica
action-smart-tool = Selección de objeto
action-context-tool = Recuadro de contexto
action-swap-tool = Alternar entre añadir y restar
action-smaller-brush = Pincel más pequeño
action-larger-brush = Pincel más grande
action-softer-brush = Pincel más suave
action-harder-brush = Pincel más duro
action-invert-mask = Invertir
action-grow-mask = Ampliar
action-shrink-mask = Reducir
action-feather-mask = Suavizar el borde
action-fill-holes = Rellenar huecos
action-remove-islands = Quitar islas
action-clear-mask = Vaciar
action-reset-mask = Volver a la propuesta
action-copy-mask = Copiar la máscara
action-paste-mask = Pegar la máscara
action-import-mask = Importar una máscara…
action-export-mask = Exportar la máscara…
action-zoom-in = Acercar
action-zoom-out = Alejar
action-fit = Ajustar a la ventana
action-actual-size = Tamaño real
action-fit-mask = Ajustar a la máscara
action-overlay = Cambiar la vista de la máscara
action-show-changes = Mostrar mis cambios en la máscara
action-compare = Comparar con el original
action-switch-theme = Alternar entre tema oscuro y claro
action-palette = Paleta de comandos…
action-about = Acerca de Tie Studio
action-keys = Atajos de teclado

## Menús

menu-file = Archivo
menu-edit = Editar
menu-step = Paso
menu-tools = Herramientas
menu-mask = Máscara
menu-view = Ver
menu-help = Ayuda
menu-undo-what = Deshacer: { $what }
menu-redo-what = Rehacer: { $what }

## Sobre la ventana

dismiss = Cerrar el aviso
unsaved-question = ¿Guardar los cambios de { $name }?
unsaved-nameless = la foto
unsaved-why = Si no guarda, se perderán las ediciones aprobadas y las máscaras corregidas.
unsaved-save = Guardar…
unsaved-discard = No guardar
undecided-question = { $n ->
    [one] ¿Incluir al guardar el resultado sin aprobar?
   *[other] ¿Incluir al guardar los { $n } resultados sin aprobar?
}
undecided-why = Un resultado pasa a formar parte de la foto guardada cuando lo aprueba.
undecided-approve = Aprobar y guardar
undecided-without = Guardar sin incluir
palette-hint = Escriba un comando
palette-nothing = No hay ningún comando que coincida
path-save-title = Guardar la foto
path-open-title = Abrir una foto
path-save = Guardar
path-open = Abrir
path-why = No hay ningún diálogo de archivos disponible (instale xdg-desktop-portal o zenity). Escriba la ruta.
path-label = Ruta
path-exists = Este archivo ya existe y se reemplazará
path-original = Esta es la foto original. Si la reemplaza, no se podrá deshacer.
path-missing = No existe { $path }. Compruebe la ruta.
path-is-folder = { $path } es una carpeta. Añada un nombre de archivo.
path-no-folder = No existe la carpeta { $path }. Créela antes o elija otra.
path-replace = Reemplazar
keys-title = Atajos de teclado
keys-pointer = Puntero
keys-wheel = Gire la rueda para hacer zoom en el puntero
keys-pan = Arrastre con el botón central o con Espacio para desplazar la vista
keys-subtract = Arrastre con el botón derecho o con Ctrl para restar de la máscara
keys-original = Mantenga pulsada \ para ver el original
drop-to-open = Suelte para abrir

## Barra de estado

status-seconds-left = aprox. { $n } s restantes
status-minutes-left = aprox. { $n } min restantes
status-zoom = Zoom
status-zoom-now = Zoom { $zoom }
status-zoom-fit = Ajustar
status-ready = Listo
status-waiting = En espera
phase-planning = Planificando
phase-locating = Buscando
phase-looking = Analizando la foto
phase-filling = Rellenando
phase-adjusting = Ajustando
phase-compositing = Componiendo
phase-checking = Comprobando el resultado
phase-opening = Abriendo
phase-saving = Guardando
phase-downloading = Descargando
phase-verifying = Verificando
phase-loading-text-encoder = Cargando el codificador de texto
phase-loading-image-encoder = Cargando el codificador de imagen
phase-loading-prior = Cargando el prior
phase-loading-unet = Cargando la UNet
phase-loading-autoencoder = Cargando el autocodificador
phase-loading-segmenter = Cargando Segment Anything
phase-loading-language-model = Cargando el modelo de lenguaje
phase-loading-text-to-mask = Cargando CLIPSeg
phase-thinking = Leyendo el prompt
phase-answering = Respondiendo
phase-imagining = Imaginando
phase-encoding = Codificando
phase-denoising = Eliminando ruido
phase-decoding = Decodificando
status-of-step = { $phase }: { $step }
status-more = { $count } en espera
status-cancel-tip = Detener todas las tareas en curso ({ $keys })
status-offline = Sin conexión
status-offline-why = Todo se ejecuta en este equipo. No se hace ninguna conexión a la red.
status-online = En línea
status-online-why = Todo se ejecuta en este equipo. Los modelos se descargan solo cuando usted lo pide.
status-download = Descargando un modelo: { $percent } %
status-memory = { $megabytes } MB
status-memory-tip = Memoria en uso, sin contar la tarjeta gráfica. Deshacer: { $undo } de { $most } MB.
status-size = { $size } px
status-megapixels = { $megapixels } megapíxeles
status-brush = { $size } px, dureza { $hardness } %
status-brush-keys = Tamaño { $smaller } { $larger }   dureza { $softer } { $harder }

## Diálogos del sistema

dialog-photographs = Fotos

## Historial

done-plan = Planificar
done-locate = Buscar
done-add-mask = Añadir la máscara de otro paso
done-subtract-mask = Restar la máscara de otro paso
done-intersect-mask = Intersecar con la máscara de otro paso
done-set-mask = Definir la máscara
done-brush = Trazo de pincel
done-eraser = Trazo de borrador
done-rectangle = Rectángulo
done-ellipse = Elipse
done-lasso = Lazo
done-copy-rule = Cambiar de dónde se copia
done-choose-region = Elegir región
done-choose-result = Elegir resultado
done-choose-all-regions = Elegir todas las regiones
done-wand = Varita mágica
done-smart = Selección de objeto
done-run = Ejecutar «{ $step }»
done-approve = Aprobar «{ $step }»
done-skip = Omitir «{ $step }»
done-reopen = Reabrir «{ $step }»
done-update = Actualizar
done-opacity = Opacidad de «{ $step }»
done-edit-step = Editar el paso
done-edit-recipe = Editar los ajustes del paso
done-add-step = Añadir un paso
done-duplicate = Duplicar el paso
done-split = Dividir el paso
done-merge = Fusionar pasos
done-move = Mover el paso
done-delete = Eliminar «{ $step }»
done-enable = Activar el paso
done-disable = Desactivar el paso
done-invert = Invertir la máscara
done-clear = Vaciar la máscara
done-reset = Volver a la máscara propuesta
done-grow = Ampliar la máscara
done-shrink = Reducir la máscara
done-feather = Suavizar el borde de la máscara
done-fill-holes = Rellenar huecos
done-remove-islands = Quitar islas

## Lo que dice el editor

say-wait-unsure = { $n ->
    [one] 1 paso necesita su ayuda: la región es dudosa
   *[other] { $n } pasos necesitan su ayuda: las regiones son dudosas
}
say-wait-unsure-or-empty = { $n ->
    [one] 1 paso necesita su ayuda: no se ha encontrado nada
   *[other] { $n } pasos necesitan su ayuda: las regiones son dudosas o no se han encontrado
}
say-needs-model = El paso { $step } aún no se puede ejecutar. { $why } Consiga un modelo en Editar › Modelos, o elija otro tipo de edición en el paso.
say-needs-mask = El paso { $step } aún no tiene máscara. Pinte encima de lo que quiera cambiar o márquelo con la selección de objeto.
say-needs-result = El paso { $step } espera el resultado de otro paso. Ejecute antes ese paso.
say-left-out = { $n ->
    [one] 1 paso necesita un modelo y no se ha ejecutado.
   *[other] { $n } pasos necesitan un modelo y no se han ejecutado.
}
say-all-ran = Se han ejecutado todos los pasos. Revíselos y reabra los que no estén bien.
say-empty-clipboard = La imagen del portapapeles está vacía. Cópiela de nuevo.
say-copied-photo = Foto copiada
say-saved = Se ha guardado { $name }
say-no-instruction = Escriba antes, en inglés, qué quiere cambiar; por ejemplo, «remove the spoon and turn the cup blue».
say-no-photo = Abra antes una foto.
say-saved-mask = Se ha guardado la máscara como { $name }
say-copied-mask = Máscara copiada
say-no-copied-mask = No hay ninguna máscara copiada. Copie antes una con Máscara › Copiar la máscara.
say-inverted = La máscara parecía invertida, así que se le ha dado la vuelta. Para deshacerlo, use Máscara › Invertir.
say-mask-over-photo = { $name } es la propia foto. Elija otro nombre para la máscara.
say-no-image-on-clipboard = No hay ninguna imagen en el portapapeles. Copie una antes.
say-one-region = La máscara tiene una sola región y no se puede dividir. Separe antes las partes con el borrador.
say-merge-decided = Solo se pueden fusionar pasos que sigan abiertos. Reábralos antes.
say-merge-kinds = «{ $one }» y «{ $other }» son tipos de edición distintos y no se pueden fusionar.
