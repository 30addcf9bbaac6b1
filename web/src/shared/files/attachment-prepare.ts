import { Problem } from '@/shared/api/problem';
import type { ImageLimits } from '@/shared/api/types';
import { formatBytes } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';

const mebi = 1024 * 1024;
const mostText = 4 * mebi;
const most = 32 * mebi;
/** The most pixels that the server takes. */
const mostPixels = 50_000_000;
/** The first bytes, by which a file is known. */
const head = 4096;

export interface Prepared {
  /** What is uploaded. */
  file: File;
  picture: boolean;
  scaled: boolean;
}

/** Whether only pictures go along, or texts and PDFs too. */
export type Wanted = 'pictures' | 'all';

/**
 * Looks at a file before it is uploaded: what cannot be attached is refused in
 * words, and a picture that is larger than the model takes is scaled down.
 */
export async function prepare(file: File, images: ImageLimits | undefined, wanted: Wanted = 'all'): Promise<Prepared> {
  const kind = await kindOf(file);
  if (file.size === 0) {
    throw refusal(i18n.t('“{name}” is empty.', { name: file.name }));
  }
  if (wanted === 'pictures' && (kind === 'text' || kind === 'pdf')) {
    throw refusal(i18n.t('“{name}” is not a picture.', { name: file.name }));
  }
  if (kind === 'picture' || (kind === 'other' && file.type.startsWith('image/'))) {
    return preparePicture(file, kind === 'picture', images);
  }
  if (kind === 'other') {
    throw refusal(
      i18n.t('“{name}” cannot be attached. Pictures (PNG, JPEG, GIF, WebP), PDFs and text files can.', {
        name: file.name,
      }),
    );
  }
  checkSize(file, kind === 'text' ? mostText : most);
  return { file, picture: false, scaled: false };
}

const picture = /^(?:\x89PNG|\xff\xd8\xff|GIF8[79]a)/u;
const pdf = /^(?:\xef\xbb\xbf)?\s*%PDF-/u;
const utf16 = /^(?:\xff\xfe|\xfe\xff)/u;

/** What a file is, by its first bytes, as the server sees it. */
export async function kindOf(file: Blob): Promise<'picture' | 'pdf' | 'text' | 'other'> {
  const bytes = new Uint8Array(await read(file));
  const text = String.fromCharCode(...bytes.subarray(0, 16));
  if (picture.test(text) || (text.startsWith('RIFF') && text.startsWith('WEBP', 8))) {
    return 'picture';
  }
  if (pdf.test(text)) {
    return 'pdf';
  }
  return !utf16.test(text) && bytes.includes(0) ? 'other' : 'text';
}

async function read(file: Blob): Promise<ArrayBuffer> {
  try {
    return await file.slice(0, head).arrayBuffer();
  } catch (error) {
    throw refusal(
      i18n.t('This could not be read. A folder cannot be attached, and a file must still be in its place.'),
      error,
    );
  }
}

async function preparePicture(file: File, known: boolean, images: ImageLimits | undefined): Promise<Prepared> {
  checkSize(file, most); // to decode it may take all the memory that a phone has
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch (error) {
    throw refusal(i18n.t('“{name}” is not a picture that this browser can read.', { name: file.name }), error);
  }
  const { width, height } = bitmap;
  const bytes = Math.min(images?.max_bytes ?? most, most);
  const edge = images?.max_edge ?? Number.POSITIVE_INFINITY;
  const scale = Math.min(1, edge / Math.max(width, height), Math.sqrt(mostPixels / (width * height)));
  const taken = known && (images?.types.includes(file.type) ?? true);
  try {
    if (taken && scale === 1 && file.size <= bytes) {
      return { file, picture: true, scaled: false };
    }
    const clear = file.type !== 'image/jpeg' && isClear(bitmap);
    return await shrink({ file, bitmap, bytes, clear }, scale);
  } finally {
    bitmap.close();
  }
}

/** A picture may stay a PNG up to this size also where a JPEG would be smaller. */
const smallPng = mebi;
const smaller = 0.75;
const smallest = 0.02;
const quality = 0.9;

interface Shrinking {
  file: File;
  bitmap: ImageBitmap;
  /** The most bytes that it may have. */
  bytes: number;
  /** It lets its background through, so it must stay a PNG. */
  clear: boolean;
}

/** Draws the picture smaller and smaller until it has no more bytes than it may have. */
async function shrink(shrinking: Shrinking, scale: number): Promise<Prepared> {
  const { file, bitmap, bytes } = shrinking;
  if (scale < smallest) {
    throw refusal(i18n.t('“{name}” cannot be made small enough.', { name: file.name }));
  }
  const blob = await encoded(draw(bitmap, scale), shrinking);
  if (!blob || blob.size > bytes) {
    return shrink(shrinking, scale * smaller);
  }
  return {
    file: new File([blob], named(file.name, blob.type), { type: blob.type }),
    picture: true,
    scaled: scale < 1 || blob.size < file.size,
  };
}

async function encoded(canvas: HTMLCanvasElement, { file, bytes, clear }: Shrinking): Promise<Blob | undefined> {
  const png = file.type === 'image/jpeg' ? undefined : await encode(canvas, 'image/png');
  if (png && png.size <= bytes && (clear || png.size <= smallPng)) {
    return png;
  }
  return clear ? undefined : encode(canvas, 'image/jpeg');
}

function draw(bitmap: ImageBitmap, scale: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.floor(bitmap.width * scale));
  canvas.height = Math.max(1, Math.floor(bitmap.height * scale));
  const context = canvas.getContext('2d');
  if (context) {
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
}

function encode(canvas: HTMLCanvasElement, type: string): Promise<Blob | undefined> {
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), type, quality));
}

/** Enough to find whether a picture lets its background through. */
const probe = 256;
const opaque = 255;

function isClear(bitmap: ImageBitmap): boolean {
  const canvas = draw(bitmap, Math.min(1, probe / Math.max(bitmap.width, bitmap.height)));
  const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  for (let at = 3; at < pixels.length; at += 4) {
    if (pixels[at] !== opaque) {
      return true;
    }
  }
  return false;
}

const ending = /\.[^.]*$/u;

/** The name with the ending that goes with what it is now. */
function named(name: string, type: string): string {
  const stem = name.replace(ending, '');
  return `${stem}.${type === 'image/png' ? 'png' : 'jpg'}`;
}

function checkSize(file: File, bytes: number): void {
  if (file.size > bytes) {
    const words = { name: file.name, size: formatBytes(file.size), most: formatBytes(bytes) };
    throw refusal(
      bytes === mostText
        ? i18n.t('“{name}” has {size}, and {most} is the most for a text.', words)
        : i18n.t('“{name}” has {size}, and {most} is the most for a picture or PDF.', words),
    );
  }
}

function refusal(detail: string, cause?: unknown): Problem {
  const title = i18n.t('This cannot be attached');
  return new Problem({ type: 'urn:pulse:problem:attachment', title, status: 422, detail, request_id: '' }, cause);
}
