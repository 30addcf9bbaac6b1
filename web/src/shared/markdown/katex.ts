import 'katex/dist/katex.min.css';
import { createMathPlugin } from '@streamdown/math';

/** A formula that is half there is no error to shout about in red. */
export const math = createMathPlugin({ errorColor: 'inherit' });
