import { createParser } from 'eventsource-parser';
import { type JobEvent, readEvent } from './events';

export interface BodyReader {
  /** Gets every event with its id, the position to go on from. True: that was enough, stop reading. */
  onEvent: (event: JobEvent, id: string | undefined) => boolean;
  /** Bytes came, be it only a keep-alive: the line lives. */
  onBytes: () => void;
}

/**
 * Reads the body of an event stream to its end. What a cut line left
 * unfinished is no event: it comes whole after the next connection.
 */
export async function readBody(body: ReadableStream<Uint8Array>, reader: BodyReader): Promise<void> {
  let enough = false;
  const parser = createParser({
    onEvent: (message) => {
      if (enough) {
        return;
      }
      const event = readEvent(message.event, message.data);
      if (event) {
        enough = reader.onEvent(event, message.id);
      }
    },
  });
  const decoder = new TextDecoder(); // keeps the first half of a character that two chunks share
  const chunks = body.getReader();
  try {
    while (!enough) {
      // biome-ignore lint/performance/noAwaitInLoops: chunks come one after the other
      const { done, value } = await chunks.read();
      if (done) {
        return;
      }
      reader.onBytes();
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    chunks.cancel().catch(() => undefined); // lets go of the connection, also when an event threw
  }
}
