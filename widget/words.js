/** Every word that the widget itself says, in one place, so that a clinician can review it. */

export const LIMIT = 2000;
const number = new Intl.NumberFormat("en-US");

export const WORDS = {
  launcher: "Ask a question",
  notLoaded: "The chat cannot be loaded right now. Please try again, or call the clinic.",
  unread: (count) => (count === 1 ? "1 new message in the chat" : `${count} new messages in the chat`),

  title: "Ask a question",
  dialog: (clinic) => (clinic ? `Chat with the assistant of ${clinic}` : "Chat with the clinic's assistant"),
  close: "Close chat",
  log: "Messages",
  emergency: "Emergency",
  crisisLine: "Crisis line",
  emergencyRegion: "Emergency numbers",

  box: "Your question",
  placeholder: "Type your question",
  hint: "Please leave out names and health details.",
  send: "Send",
  person: "Talk to a person",
  newer: "New message below",
  thinking: "Looking through the reviewed answers",
  count: (length) => `${number.format(length)} of ${number.format(LIMIT)} characters`,
  tooLong: (length) => `${number.format(length)} of ${number.format(LIMIT)} characters. Please shorten it to send it.`,
  tooLongOnce: `That is longer than ${number.format(LIMIT)} characters. Please shorten it to send it.`,

  erase: "Erase chat",
  eraseAsk: "Erase everything in this chat? This cannot be undone.",
  eraseYes: "Erase it",
  eraseNo: "Keep it",
  eraseFailed: "The chat could not be erased just now. Please try again.",
  erased: (text, receipt) => `${text} Receipt: ${receipt}`,
  gone: "The earlier chat is no longer available. This is a new one.",

  you: "You",
  assistant: "Assistant",
  system: "Notice",
  clinician: "Clinician",

  sources: "Where is this from?",
  suggestions: "You can choose",
  contacts: "Ways to get help",
  helpfulAsk: "Did this help?",
  helpful: "Helpful",
  notHelpful: "Not helpful",
  thanks: "Thank you.",
  notRated: "That could not be saved. Please try again.",

  progress: (step, of) => `Question ${step} of ${of}`,

  contact: {
    open: "Leave a number or an e-mail address",
    why: "Only if you wish. It goes to the clinic's staff with this chat, and is used to reach you, for nothing else.",
    name: "Name",
    phone: "Phone",
    email: "E-mail",
    best_time: "When is a good time?",
    consent: "The clinic may use this to reach me about this chat.",
    send: "Send to the clinic",
    left: "Sent to the clinic.",
    failed: "That could not be sent just now. Please try again, or call the clinic.",
  },

  sending: "Sending…",
  unsent: "Not sent yet. It is kept here and sent as soon as possible.",
  refused: "This was not sent.",

  owners: {
    bot: "Automated assistant, not a clinician",
    waiting: "You asked for a person. Nobody has joined yet.",
    clinician: "A clinician has joined this chat",
  },

  states: {
    connecting: () => "Connecting…",
    ready: () => "",
    waiting: () => "Cannot send yet. What you write is kept, and this page keeps trying.",
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
