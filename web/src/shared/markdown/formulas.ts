/** Code, in which nothing is a formula: fenced blocks (also unfinished ones) and spans. */
export const codeIn =
  /(?:^|\n)[ \t]*(?<fence>`{3,}|~{3,})[\s\S]*?(?:\n[ \t]*\k<fence>[^\n]*|$)|(?<ticks>`+)[^`][\s\S]*?\k<ticks>/gu;

/** Most texts have none of these, and are not looked at any further. */
const mayHold = /\\[[(]|\$/u;

/** \[ … \], as most models write a formula on its own. */
const display = /\\\[(?<tex>[\s\S]+?)\\\]/gu;
/** \( … \), the same inside a line. */
const inline = /\\\((?<tex>[^\n]+?)\\\)/gu;
/**
 * $ … $ by Pandoc's rule, which leaves prices alone: no space inside the
 * dollars, no digit after them.
 */
const dollars = /(?<![\\$])\$(?![\s$])(?<tex>[^$\n]*?[^\s\\$])\$(?![\d$])/gu;

/**
 * Writes all kinds of formulas with double dollars, the one form that the
 * renderer knows.
 */
export function withDollars(text: string): string {
  if (!mayHold.test(text)) {
    return text;
  }
  let result = '';
  let end = 0;
  for (const match of text.matchAll(codeIn)) {
    result += convert(text.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return result + convert(text.slice(end));
}

function convert(prose: string): string {
  return prose
    .replace(display, (_, tex: string) => `\n$$\n${tex.trim()}\n$$\n`)
    .replace(inline, (_, tex: string) => `$$${tex.trim()}$$`)
    .replace(dollars, (_, tex: string) => `$$${tex}$$`);
}

/** Whether there may be a formula in a text that withDollars gave. */
export function hasMath(text: string): boolean {
  return text.includes('$$');
}
