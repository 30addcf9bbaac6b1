export interface Route {
  path: string;
  /** The most KiB of JavaScript. */
  js: number;
  chunks: string[];
}

export const routes: Route[];
export function firstLoad(route: Route): { js: string[]; css: string[]; fonts: string[] };
export function transferred(files: string[]): number;
