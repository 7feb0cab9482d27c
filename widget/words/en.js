/** English. Every word that the widget itself says, in one place, so that a clinician can review it. */
import { LIMIT, number } from "../words.js";

export const WORDS = {
  dir: "ltr",
  unread: (count) => (count === 1 ? "1 new message in the chat" : `${count} new messages in the chat`),

  title: "Ask a question",
  dialog: (clinic) => (clinic ? `Chat with the assistant of ${clinic}` : "Chat with the clinic's assistant"),
  close: "Close chat",
  log: "Messages",
  emergencyRegion: "Emergency numbers",
  emergency: "Emergency",
  crisisLine: "Crisis line",
  local: "your local emergency number",
  inTheUs: "In the US",
  inEnglish: "", // other languages say here that answers are in English

  box: "Your question",
  placeholder: "Type your question",
  hint: "Please leave out names and health details.",
  send: "Send",
  person: "Talk to a person",
  newer: "New message below",
  thinking: "Looking through the reviewed answers",
  typing: (name) => `${name} is typing`,
  count: (length) => `${number(length)} of ${number(LIMIT)} characters`,
  tooLong: (length) => `${number(length)} of ${number(LIMIT)} characters. Please shorten it to send it.`,
  tooLongOnce: () => `That is longer than ${number(LIMIT)} characters. Please shorten it to send it.`,

  end: {
    open: "End chat",
    title: "Before you go",
    ask: "Did this chat help you?",
    yes: "Yes",
    no: "No",
    thanks: "Thank you for telling us.",
    failed: "That could not be saved. Please try again.",
    save: "Save this chat",
    saved: "Saved on your device as a text file. Anyone who uses this device may be able to read it.",
    erase: "Erase this chat",
    back: "Back to the chat",
    sure: "Erase everything in this chat? This cannot be undone.",
    eraseYes: "Erase it",
    eraseNo: "Keep it",
    eraseFailed: "The chat could not be erased just now. Please try again.",
  },
  erased: (text, receipt) => `${text} Receipt: ${receipt}`,
  gone: "The earlier chat has ended and is no longer available. This is a new one.",
  transcript: (clinic, when) => `Chat with the automated assistant of ${clinic}, saved ${when}.`,

  you: "You",
  assistant: "Assistant",
  system: "Notice",
  clinician: "Clinician",

  sources: "Where is this from?",
  corrected: (claim) => `Corrected by this source. One of our documents says: “${claim}” Please do not rely on that.`,
  suggestions: "You can choose",
  contacts: "Ways to get help",
  helpfulAsk: "Did this help?",
  helpful: "Helpful",
  notHelpful: "Not helpful",
  thanks: "Thank you.",

  progress: (step, of) => `Question ${step} of ${of}`,

  contact: {
    open: "Leave a number or an e-mail address",
    why: "Only if you wish. It goes to the clinic's staff with this chat, and is used to reach you, for nothing else.",
    name: "Name",
    phone: "Phone",
    email: "E-mail",
    best_time: "When is a good time?",
    consent: "The clinic may use this to reach me about this chat.",
    agree: "Please tick the box above, so that the clinic may reach you.",
    check: "Please check the marked field, so that the clinic can reach you.",
    send: "Send to the clinic",
    left: "Sent to the clinic.",
    failed: "That could not be sent just now. Please try again, or call the clinic.",
  },

  sending: "Sending…",
  unsent: "Not sent yet. It is kept here and sent as soon as possible.",
  refused: "This was not sent.",
  sameLanguage: "The language could not be changed just now.",

  owners: {
    bot: "Automated assistant, not a clinician",
    waiting: "You asked for a person. Nobody has joined yet.",
    clinician: (name) => (name ? `${name} has joined this chat` : "A clinician has joined this chat"),
  },
  place: (place) => `You are number ${place} in the queue.`,
  // Intl takes 100 ms to load.
  day: (d) => `${["Sun", "Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur"][d.getDay()]}day ${d.getMonth() + 1}/${d.getDate()}`,
  clock: (d) => `${d.getHours() % 12 || 12}:${`${d.getMinutes()}`.padStart(2, "0")} ${d.getHours() < 12 ? "AM" : "PM"}`,
  closed: (opens) => (opens ? `The clinic is closed. It opens ${opens}.` : "The clinic is closed."),

  states: {
    connecting: () => "Connecting…",
    ready: () => "",
    waiting: () => "Cannot send yet. What you write is kept, and this page keeps trying.",
    offline: () => "You are offline. What you write is kept and sent once you are back.",
    unavailable: (clinic) =>
      "The chat cannot be reached right now. What you wrote is kept on this page. " +
      (clinic ? `You can call ${clinic.name}: ${clinic.phone}` : "You can call the clinic."),
  },

  /** What a message is, by its kind; kinds that need no label are left out. */
  kinds: {
    answer: "General information",
    clarify: "Please choose",
    decline: "Not in my sources",
    crisis: "Support in a crisis",
    emergency: "Emergency",
    advice: "For a clinician to answer",
    handoff: "Reaching a person",
    guide: "Questions to prepare",
    unavailable: "Not answered",
  },
};
