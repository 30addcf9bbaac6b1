import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { compileMessage } from '@lingui/message-utils/compileMessage';
import tailwindcss from '@tailwindcss/vite';
import { tanstackRouter } from '@tanstack/router-plugin/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const server = process.env.PULSE_SERVER ?? 'http://localhost:8080';

const text = /\.(?:js|css|html|svg|json)$/u;

/** Writes .br and .gz beside every text file, so that the server compresses nothing at run time. */
function precompress(): Plugin {
  const encoders = [
    { suffix: '.br', encode: promisify(brotliCompress) },
    { suffix: '.gz', encode: promisify(gzip) },
  ];
  let folder = 'dist';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved: (config) => {
      folder = join(config.root, config.build.outDir);
    },
    closeBundle: async () => {
      const names = await readdir(folder, { recursive: true });
      const texts = names.filter((name) => text.test(name));
      await Promise.all(
        texts.flatMap((name) =>
          encoders.map(async ({ suffix, encode }) => {
            const path = join(folder, name);
            await writeFile(path + suffix, await encode(await readFile(path)));
          }),
        ),
      );
    },
  };
}

const olderFonts = /,url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)/gu;

/** Of KaTeX's fonts only woff2, which every browser knows that can run this page. */
function woff2Only(): Plugin {
  return {
    name: 'woff2-only',
    enforce: 'pre',
    transform: (code, id) => (id.endsWith('katex.min.css') ? code.replaceAll(olderFonts, '') : undefined),
  };
}

const told = /\bi18n\.t\(\s*(?:(?<quote>['"])(?<words>(?:\\.|(?!\k<quote>).)*)\k<quote>)?/gu;

/**
 * Compiles what the code says, `i18n.t('Delete “{title}”?', …)`, so that nobody's
 * first visit waits for a parser of messages. While developing, shared/lib/text.ts
 * does it at run time.
 */
function compiledMessages(): Plugin {
  return {
    name: 'compiled-messages',
    enforce: 'pre',
    apply: 'build',
    transform(code, id) {
      if (id.includes('/node_modules/') || !code.includes('i18n.t(')) {
        return;
      }
      return code.replaceAll(told, (call, quote: string | undefined, words: string) => {
        if (quote === undefined) {
          return this.error(`i18n.t in ${id} must be given a literal; it is no message for translators otherwise.`);
        }
        const message = JSON.parse(`"${words.replaceAll("\\'", "'").replaceAll(/(?<!\\)"/gu, '\\"')}"`);
        const compiled = compileMessage(message);
        return compiled.length === 1 && compiled[0] === message
          ? call
          : `i18n.t({ id: ${JSON.stringify(message)}, message: ${JSON.stringify(compiled)} }`;
      });
    },
  };
}

export default defineConfig({
  plugins: [
    compiledMessages(),
    tanstackRouter({ target: 'react', autoCodeSplitting: true, quoteStyle: 'single', semicolons: true }),
    react(),
    tailwindcss(),
    woff2Only(),
    precompress(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    manifest: true,
    assetsInlineLimit: 0, // the CSP lets fonts and scripts come from files only
    rolldownOptions: {
      input: ['index.html', 'docs.html'],
      // What most pages stand on is one file: it is smaller than many, whose names the entry would have to know besides.
      output: { codeSplitting: { groups: [{ name: 'base', minShareCount: 20 }] } },
    },
  },
  server: {
    proxy: {
      '/api': server,
      '/openapi.json': server,
    },
  },
});
