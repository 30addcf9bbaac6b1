import { offlineProblem, problemFrom } from '@/shared/api/problem';
import type { components } from '@/shared/api/schema';
import type { AttachedFile } from '@/shared/api/types';
import { reportUnreachable } from '@/shared/lib/connection';

/** Uploads a file. `fetch` does not tell how far it is, so this asks the older way; the session cookie goes along. */
export function upload(file: File, onProgress: (fraction: number) => void, signal: AbortSignal): Promise<AttachedFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/v1/files');
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status === 201) {
        const { created_at: _, ...stored } = request.response as components['schemas']['File'];
        resolve(stored);
      } else {
        const requestId = request.getResponseHeader('X-Request-Id') ?? '';
        reject(problemFrom(request.response, { status: request.status, requestId }));
      }
    };
    request.onerror = () => {
      reportUnreachable();
      reject(offlineProblem(undefined));
    };
    request.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
    signal.addEventListener('abort', () => request.abort());
    const form = new FormData();
    form.append('file', file, file.name);
    request.send(form);
  });
}
