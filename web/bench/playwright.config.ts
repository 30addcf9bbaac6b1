import { defineConfig } from '@playwright/test';
import e2e from '../playwright.config';

/** `npm run bench`: measures, one thing at a time, and asserts nothing about time. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.bench.ts',
  workers: 1,
  timeout: 900_000,
  reporter: [['line']],
  use: { ...e2e.use, viewport: { width: 1280, height: 800 }, screenshot: 'off', trace: 'off', actionTimeout: 60_000 },
});
