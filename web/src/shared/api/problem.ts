import { i18n } from '@/shared/lib/text';

/** What is wrong with one field of a request, e.g. at `body.email`. */
export interface FieldError {
  location: string;
  message: string;
}

/** RFC 9457 as Pulse sends it. Kinds of problems add fields of their own, e.g. a quota refusal `resets_at`. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  request_id: string;
  errors?: FieldError[] | null;
  retry_after_seconds?: number;
  meter?: string;
  limit?: number;
  used?: number;
  reserved?: number;
  resets_at?: string;
  /** The ways to confirm who one is, where that is needed first. */
  methods?: string[];
}

/** Status of a Problem that no server sent: the request did not get through. */
export const offline = 0;

const inBody = /^body\./u;
const kindPrefix = 'urn:pulse:problem:';

/** The one error that a request fails with. Its message is a sentence for people. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly document: ProblemDocument;

  constructor(document: ProblemDocument, cause?: unknown) {
    super(document.detail || document.title, { cause });
    this.document = document;
  }

  get status(): number {
    return this.document.status;
  }

  /** The last part of the type: `quota`, `unauthenticated`, … */
  get kind(): string {
    const { type } = this.document;
    return type.startsWith(kindPrefix) ? type.slice(kindPrefix.length) : type;
  }

  get requestId(): string {
    return this.document.request_id;
  }

  /** Wrong fields by their name within the body; what is wrong elsewhere is in the message. */
  get fields(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const { location, message } of this.document.errors ?? []) {
      found[location.replace(inBody, '')] ??= message;
    }
    return found;
  }

  /** Whether the same request may go through later without any change. */
  get retryable(): boolean {
    return this.status === offline || this.status === 429 || this.status >= 500;
  }
}

/** A problem document from anything: an event's data, a job's error. */
export function problemFrom(value: unknown, fallback: { status: number; requestId?: string }): Problem {
  if (typeof value === 'object' && value !== null && 'title' in value && 'status' in value) {
    const document = value as Partial<ProblemDocument>;
    return new Problem({
      ...document,
      type: document.type ?? 'about:blank',
      title: document.title ?? '',
      status: document.status ?? fallback.status,
      detail: document.detail ?? '',
      request_id: document.request_id ?? fallback.requestId ?? '',
    });
  }
  return new Problem({
    type: 'about:blank',
    title: i18n.t('The server gave an answer that this page does not understand.'),
    status: fallback.status,
    detail: i18n.t('The server answered with status {status} and no explanation. Try again in a moment.', {
      status: fallback.status,
    }),
    request_id: fallback.requestId ?? '',
  });
}

/** The problem that a response which is not ok carries. Reads its body. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined);
  return problemFrom(body, {
    status: response.status,
    requestId: response.headers.get('X-Request-Id') ?? '',
  });
}

/** The problem of a request that got no answer at all. */
export function offlineProblem(cause: unknown): Problem {
  return new Problem(
    {
      type: 'urn:pulse:problem:offline',
      title: i18n.t('No connection'),
      status: offline,
      detail: i18n.t('The server cannot be reached. What you typed is kept; try again when the connection is back.'),
      request_id: '',
    },
    cause,
  );
}

/** The problem of somebody who is not signed in, where the server need not refuse anything to say so. */
export function signedOutProblem(): Problem {
  return new Problem({
    type: 'urn:pulse:problem:unauthenticated',
    title: i18n.t('You are not signed in'),
    status: 401,
    detail: i18n.t('Sign in to go on. What you typed is kept.'),
    request_id: '',
  });
}

/** Any thrown value as a Problem, for one way to show errors. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }
  return new Problem(
    {
      type: 'urn:pulse:problem:page',
      title: i18n.t('Something broke in the page'),
      status: offline,
      detail: i18n.t('Something broke in the page, not in your data. Reload it; your drafts are kept.'),
      request_id: '',
    },
    error,
  );
}
