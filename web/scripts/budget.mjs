/**
 * What a first visit transfers, route by route, measured on the build in dist
 * and held against the page's budget. `npm run budget` prints it and fails
 * above the budget.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

/** In KiB, gzip. Markdown, formulas, the highlighter and everything that opens over a page come later. */
const most = { css: 15, fonts: 35 };

/** The routes, the chunks that each adds to the entry, and the JavaScript that it may have. */
export const routes = [
  { path: '/sign-in', js: 150, chunks: ['src/routes/sign-in.tsx'] },
  { path: '/register', js: 150, chunks: ['src/routes/register.tsx'] },
  { path: '/forgot', js: 150, chunks: ['src/routes/forgot.tsx'] },
  { path: '/reset', js: 150, chunks: ['src/routes/reset.tsx'] },
  { path: '/verify', js: 150, chunks: ['src/routes/verify.tsx'] },
  { path: '/chat', js: 190, chunks: ['src/routes/_app.tsx', 'src/routes/_app/chat.{-$conversationId}.tsx'] },
  { path: '/images', js: 220, chunks: ['src/routes/_app.tsx', 'src/routes/_app/images.tsx'] },
  { path: '/jobs', js: 220, chunks: ['src/routes/_app.tsx', 'src/routes/_app/jobs.tsx'] },
  ...['', '/usage', '/security', '/keys', '/data'].map((part) => ({
    path: `/settings${part}`,
    js: 220,
    chunks: [
      'src/routes/_app.tsx',
      'src/routes/_app/settings.tsx',
      `src/routes/_app/settings.${part.slice(1) || 'index'}.tsx`,
    ],
  })),
];

const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

/** What every signed-in page fetches by itself, a moment after it is there. */
const soon = ['src/shared/stream/changes.ts'];

/** Everything that a chunk imports at once, itself included. */
function closure(key, found = new Map()) {
  const chunk = manifest[key];
  if (!chunk) {
    throw new Error(`The build has no ${key}; did a route's file move?`);
  }
  if (!found.has(key)) {
    found.set(key, chunk);
    for (const next of chunk.imports ?? []) {
      closure(next, found);
    }
  }
  return found;
}

/** The files of a first visit: scripts, style sheets and fonts. */
export function firstLoad({ chunks }) {
  const found = closure('index.html');
  for (const chunk of chunks) {
    closure(`${chunk}?tsr-split=component`, found);
  }
  if (chunks.includes('src/routes/_app.tsx')) {
    for (const chunk of soon) {
      closure(chunk, found);
    }
  }
  const js = [...found.values()].map(({ file }) => file).filter((file) => file.endsWith('.js'));
  const css = [...new Set([...found.values()].flatMap((chunk) => chunk.css ?? []))];
  return { js: ['theme.js', ...js], css, fonts: css.flatMap(latinFonts) };
}

/** The fonts that a style sheet needs for a page in English; those of other scripts come with their letters. */
function latinFonts(sheet) {
  const faces =
    read(sheet)
      .toString('utf8')
      .match(/@font-face\s*\{[^}]*\}/gu) ?? [];
  return faces
    .filter((face) => !face.includes('unicode-range') || /U\+0+-|U\+\?\?/iu.test(face))
    .flatMap((face) => face.match(/[^/("']+\.woff2/gu) ?? [])
    .map((name) => `assets/${name}`);
}

function read(file) {
  return readFileSync(join(dist, file));
}

/** Kibibytes on the wire; a font is compressed already. */
export function transferred(files) {
  const bytes = files.map((file) => (file.endsWith('.woff2') ? read(file).length : gzipSync(read(file)).length));
  return bytes.reduce((sum, size) => sum + size, 0) / 1024;
}

function report() {
  let kept = true;
  const line = (name, kind, size, limit) => {
    const over = size > limit;
    kept &&= !over;
    console.log(
      `${name.padEnd(18)} ${kind.padEnd(6)} ${size.toFixed(1).padStart(7)} of ${limit} KiB${over ? '  OVER' : ''}`,
    );
  };
  for (const route of routes) {
    const { js, css, fonts } = firstLoad(route);
    line(route.path, 'js', transferred(js), route.js);
    line(route.path, 'css', transferred(css), most.css);
    line(route.path, 'fonts', transferred(fonts), most.fonts);
  }
  if (!kept) {
    console.error('The page is over its budget. The largest files of a first visit:');
    const files = new Set(routes.flatMap((route) => firstLoad(route).js));
    const sizes = [...files].map((file) => ({ file, size: transferred([file]) }));
    for (const { file, size } of sizes.sort((a, b) => b.size - a.size).slice(0, 15)) {
      console.error(`${size.toFixed(1).padStart(9)} KiB  ${file}`);
    }
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  report();
}
