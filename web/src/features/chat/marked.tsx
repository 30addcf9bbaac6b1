import { marksIn } from './marks';

/** A text with the searched words marked. */
export function Marked({ text, search }: { text: string; search: string }) {
  let at = 0;
  return marksIn(text, search).map((piece) => {
    const key = at;
    at += piece.text.length;
    return piece.marked ? (
      <mark className="rounded-sm bg-primary/20 text-foreground" key={key}>
        {piece.text}
      </mark>
    ) : (
      <span key={key}>{piece.text}</span>
    );
  });
}
