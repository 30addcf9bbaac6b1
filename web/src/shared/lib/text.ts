import { setupI18n } from '@lingui/core';
import { compileMessage } from '@lingui/message-utils/compileMessage';

/**
 * The one catalogue of everything that people read. Code says its English,
 * `i18n.t('Delete “{title}”?', { title })`, and `npm run text` gathers it all in
 * `src/locales/en.po` for translators. English needs no catalogue at run time:
 * its messages stay in the chunk of the page that shows them.
 */
export const i18n = setupI18n({ locale: 'en', messages: { en: {} } });

// A build has compiled them already (vite.config.ts), and so leaves the compiler behind.
i18n.setMessagesCompiler(import.meta.env.DEV ? compileMessage : (message) => [message]);
