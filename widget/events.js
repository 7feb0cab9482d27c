/** Reads server-sent events out of a stream of text (https://html.spec.whatwg.org/multipage/server-sent-events.html). */

const BLANK_LINE = /\r\n\r\n|\n\n|\r\r/;

/** Yield `{event, data}` for every event in `pieces`; `data` is parsed JSON. What is not JSON is skipped. */
export async function* events(pieces) {
  let rest = "";
  for await (const piece of pieces) {
    rest += piece;
    for (let end = BLANK_LINE.exec(rest); end; end = BLANK_LINE.exec(rest)) {
      const found = parse(rest.slice(0, end.index));
      rest = rest.slice(end.index + end[0].length);
      if (found) yield found;
    }
  }
}

function parse(block) {
  let event = "message";
  const data = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  try {
    return { event, data: JSON.parse(data.join("\n")) };
  } catch {
    return null; // a comment, or nothing of ours
  }
}
