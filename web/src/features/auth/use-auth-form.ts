import { type InputEvent, type RefObject, type SubmitEvent, useRef, useState } from 'react';
import { asProblem, type Problem } from '@/shared/api/problem';
import { secondsFromNow, useCountdown } from './use-countdown';

type Values<Name extends string> = Record<Name, string>;
/** What is wrong with a value, for a person; undefined when it is in order. */
type Check = (value: string) => string | undefined;
type Errors<Name extends string> = Partial<Record<Name, string>>;

interface AuthForm<Name extends string> {
  errors: Errors<Name>;
  /** What the server said that belongs to no field. */
  problem: Problem | undefined;
  /** Seconds until the server takes another attempt. */
  wait: number;
  /** For the `form` element. */
  props: {
    ref: RefObject<HTMLFormElement | null>;
    noValidate: true;
    onInput: (event: InputEvent<HTMLFormElement>) => void;
    onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  };
  /** Takes what the server said: it stands at the fields that it names. */
  refuse: (error: unknown) => void;
}

/**
 * A form of two or three fields, in the order of their checks. It is a file of
 * its own and no library, because it stands on the page that everybody's first
 * visit waits for.
 */
export function useAuthForm<Name extends string>(
  checks: Record<Name, Check>,
  onValid: (values: Values<Name>) => void,
): AuthForm<Name> {
  const ref = useRef<HTMLFormElement>(null);
  const [errors, setErrors] = useState<Errors<Name>>({});
  const [problem, setProblem] = useState<Problem>();
  const [until, setUntil] = useState(0);
  const wait = useCountdown(until);
  const names = Object.keys(checks) as Name[];

  const show = (found: Errors<Name>) => {
    setErrors(found);
    const first = names.find((name) => found[name] !== undefined);
    if (first !== undefined) {
      ref.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
    }
    return first === undefined;
  };

  return {
    errors,
    problem,
    wait,
    props: {
      ref,
      noValidate: true,
      onInput: ({ target }) => {
        const { name, type, value } = target as HTMLInputElement;
        if (type === 'email') {
          setUntil(0); // another account need not wait
        }
        const known = names.find((candidate) => candidate === name);
        if (known !== undefined && errors[known] !== undefined) {
          setErrors({ ...errors, [known]: checks[known](value) });
        }
      },
      onSubmit: (event) => {
        event.preventDefault();
        if (wait > 0) {
          return;
        }
        const given = new FormData(event.currentTarget);
        const values = Object.fromEntries(names.map((name) => [name, String(given.get(name))])) as Values<Name>;
        setProblem(undefined);
        const found = names.map((name) => [name, checks[name](values[name])]);
        if (show(Object.fromEntries(found))) {
          onValid(values);
        }
      },
    },
    refuse: (error) => {
      const said = asProblem(error);
      const found = names.flatMap((name) => {
        const what = said.fields[name];
        return what === undefined ? [] : [[name, sentence(what)]];
      });
      show(Object.fromEntries(found));
      setProblem(found.length === 0 ? said : undefined);
      setUntil(secondsFromNow(said.document.retry_after_seconds ?? 0));
    },
  };
}

/** The server says what a field is: "must be an e-mail address". Alone below the field that is a sentence. */
function sentence(what: string): string {
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}.`;
}
