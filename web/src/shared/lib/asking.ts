import { remembered } from './choice';

/** What becomes of a question that is sent while an answer is being written. */
export const whenRunning = remembered('when-running', ['wait', 'interrupt']);
