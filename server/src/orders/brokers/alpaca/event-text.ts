/** The reader was too slow: what it was told has gaps. */
export class EventsDropped extends Error {
  override readonly name = 'EventsDropped';
}

const DROPPED = /dropped \d+ messages/;

/** The data of each event in a text of server-sent events, which has ended. Comments are left out; one that says that events were dropped is an error. */
export function eventsIn(body: string): readonly unknown[] {
  return body.split(/\r?\n\r?\n|\r\r/).flatMap((block) => {
    const data: string[] = [];
    for (const line of block.split(/\r\n|\r|\n/)) {
      if (line.startsWith(':') && DROPPED.test(line)) throw new EventsDropped(line.slice(1).trim());
      if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
    }
    return data.length === 0 ? [] : [JSON.parse(data.join('\n')) as unknown];
  });
}
