import { crc32, deflateSync } from 'node:zlib';
import type { Locator } from '@playwright/test';

/** A file that a person picks. */
export interface Picked {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A text file that a person picks. */
export const text = (name: string, content = 'one,two\n1,2\n'): Picked => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(content),
});

/** A PNG of one colour. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = 1 + width * 3;
  const pixels = Buffer.alloc(row * height, 0x5a);
  for (let at = 0; at < pixels.length; at += row) {
    pixels[at] = 0; // unfiltered
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A picture that a person picks. */
export const picture = (name: string, width = 12, height = 8): Picked => ({
  name,
  mimeType: 'image/png',
  buffer: png(width, height),
});

interface Brought {
  name: string;
  type: string;
  bytes: number[];
}

/** What a browser does when files, or a text, are pasted or dropped. */
export function bring(
  target: Locator,
  event: 'paste' | 'drop' | 'dragenter',
  what: { files?: Brought[]; text?: string },
) {
  return target.evaluate(
    (element, { kind, files, words }) => {
      const data = new DataTransfer();
      for (const { name, type, bytes } of files) {
        data.items.add(new File([new Uint8Array(bytes)], name, { type }));
      }
      if (words !== '') {
        data.setData('text/plain', words);
      }
      const init = { bubbles: true, cancelable: true };
      element.dispatchEvent(
        kind === 'paste'
          ? new ClipboardEvent(kind, { ...init, clipboardData: data })
          : new DragEvent(kind, { ...init, dataTransfer: data }),
      );
    },
    { kind: event, files: what.files ?? [], words: what.text ?? '' },
  );
}

export const brought = ({ name, mimeType, buffer }: Picked): Brought => ({
  name,
  type: mimeType,
  bytes: [...buffer],
});

/** A PDF of one page with a line of text. */
export function pdf(name: string, line = 'The report says that all is well.'): Picked {
  const content = `BT /F1 18 Tf 40 740 Td (${line}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.7\n';
  const places = objects.map((object, at) => {
    const place = body.length;
    body += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`;
  const end = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return { name, mimeType: 'application/pdf', buffer: Buffer.from(body + table + end) };
}
