/** Spanish; says the same as en.js. */
import { LIMIT, number } from "../words.js";

export const WORDS = {
  dir: "ltr",
  unread: (count) => (count === 1 ? "1 mensaje nuevo en el chat" : `${count} mensajes nuevos en el chat`),

  title: "Haga una pregunta",
  dialog: (clinic) => (clinic ? `Chat con el asistente de ${clinic}` : "Chat con el asistente de la clínica"),
  close: "Cerrar el chat",
  log: "Mensajes",
  emergencyRegion: "Números de emergencia",
  emergency: "Emergencia",
  crisisLine: "Línea de crisis",
  local: "el número de emergencias de su país",
  inTheUs: "En EE. UU.",
  inEnglish: "Las respuestas de este asistente están en inglés.",

  box: "Su pregunta",
  placeholder: "Escriba su pregunta, mejor en inglés",
  hint: "No escriba nombres ni datos de salud, por favor.",
  send: "Enviar",
  person: "Hablar con una persona",
  newer: "Mensaje nuevo abajo",
  thinking: "Buscando entre las respuestas revisadas",
  typing: (name) => `${name} está escribiendo`,
  count: (length) => `${number(length)} de ${number(LIMIT)} caracteres`,
  tooLong: (length) => `${number(length)} de ${number(LIMIT)} caracteres. Acorte el texto para enviarlo.`,
  tooLongOnce: () => `Más de ${number(LIMIT)} caracteres. Acorte el texto para enviarlo.`,

  end: {
    open: "Terminar",
    title: "Antes de irse",
    ask: "¿Le ayudó este chat?",
    yes: "Sí",
    no: "No",
    thanks: "Gracias.",
    failed: "No se pudo guardar.",
    save: "Guardar este chat",
    saved: "Guardado como archivo de texto en este dispositivo. Quien lo use podría leerlo.",
    erase: "Borrar este chat",
    back: "Volver al chat",
    sure: "¿Borrar todo este chat? No se puede deshacer.",
    eraseYes: "Borrar",
    eraseNo: "Conservar",
    eraseFailed: "El chat no se pudo borrar ahora.",
  },
  erased: (text, receipt) => `Lo que usted escribió se borró. ${text} Recibo: ${receipt}`,
  gone: "El chat anterior terminó. Este es uno nuevo.",
  transcript: (clinic, when) => `Chat con el asistente automático de ${clinic}, guardado el ${when}.`,

  you: "Usted",
  assistant: "Asistente",
  system: "Aviso",
  clinician: "Personal clínico",

  sources: "¿De dónde viene esto?",
  corrected: (claim) => `Esta fuente corrige uno de nuestros documentos, que dice en inglés: “${claim}” No se fíe de eso.`,
  suggestions: "Puede elegir",
  contacts: "Formas de recibir ayuda",
  helpfulAsk: "¿Le ayudó?",
  helpful: "Sí, ayudó",
  notHelpful: "No ayudó",
  thanks: "Gracias.",

  progress: (step, of) => `Pregunta ${step} de ${of}`,

  contact: {
    open: "Dejar un teléfono o un correo",
    why: "Solo si quiere. Llega a la clínica con este chat y solo se usa para comunicarse con usted.",
    name: "Nombre",
    phone: "Teléfono",
    email: "Correo electrónico",
    best_time: "¿Cuándo le viene bien?",
    consent: "La clínica puede usar esto para comunicarse conmigo sobre este chat.",
    agree: "Marque la casilla de arriba para que la clínica pueda comunicarse con usted.",
    check: "Revise el campo marcado, para que podamos comunicarnos.",
    send: "Enviar a la clínica",
    left: "Enviado a la clínica.",
    failed: "No se pudo enviar ahora. Inténtelo de nuevo o llame a la clínica.",
  },

  sending: "Enviando…",
  unsent: "Aún no se ha enviado. Se guarda aquí y se envía después.",
  refused: "Esto no se envió.",
  sameLanguage: "No se pudo cambiar el idioma.",

  owners: {
    bot: "Asistente automático, no es personal clínico",
    waiting: "Usted pidió hablar con una persona. Aún no hay nadie.",
    clinician: (name) => (name ? `${name} está en este chat` : "Una persona de la clínica está en este chat"),
  },
  place: (place) => `Usted es el número ${place} en la fila.`,
  day: (d) => `${["domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"][d.getDay()]} ${d.getDate()}/${d.getMonth() + 1}`,
  clock: (d) => `${d.getHours()}:${`${d.getMinutes()}`.padStart(2, "0")}`,
  closed: (opens) => (opens ? `La clínica está cerrada. Abre ${opens}.` : "La clínica está cerrada."),

  states: {
    connecting: () => "Conectando…",
    ready: () => "",
    waiting: () => "Aún no se puede enviar. Lo que escribe se guarda y seguimos intentándolo.",
    offline: () => "No hay conexión. Lo que escribe se guarda y se envía cuando vuelva.",
    unavailable: (clinic) =>
      "Ahora no se puede usar el chat. Lo que escribió queda en esta página. " +
      (clinic ? `Puede llamar a ${clinic.name}: ${clinic.phone}` : "Puede llamar a la clínica."),
  },

  kinds: {
    answer: "Información general",
    clarify: "Elija, por favor",
    decline: "No está en mis fuentes",
    crisis: "Apoyo en una crisis",
    emergency: "Emergencia",
    advice: "Para una persona clínica",
    handoff: "Hablar con una persona",
    guide: "Preguntas para prepararse",
    unavailable: "Sin respuesta",
  },
};
