import type { ImageRequest, Job } from '@/shared/api/types';

export type { EditLimits, ImageModel, ImageRequest, ImageSize } from '@/shared/api/types';

/** A picture that was made. What a job made the API describes in words only. */
export interface ImageFile {
  id: string;
  /** Which of those asked for, from 0. */
  index: number;
  name: string;
  width: number;
  height: number;
  /** Bytes. */
  size: number;
  seed?: number;
  revised_prompt?: string;
  created_at: string;
}

/** A picture that is not there. */
export interface ImageFailure {
  index: number;
  type: string;
  detail: string;
}

export interface ImageResult {
  files: ImageFile[];
  failed: ImageFailure[];
  notes: string[];
  /** How many came and are paid for, those among them that were deleted since. */
  delivered?: number;
}

/** A job that makes pictures. */
export type ImageJob = Omit<Job, 'input' | 'result'> & {
  input: ImageRequest;
  result: ImageResult | null;
};

export interface ImageJobPage {
  items: ImageJob[];
  next_cursor?: string;
}
