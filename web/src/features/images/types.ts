import type { Job } from '@/shared/api/types';

/** A size that can be asked for; pixels are about what comes. */
export interface ImageSize {
  id: string;
  width: number;
  height: number;
}

/** What a model takes of pictures to change. */
export interface EditLimits {
  max_count: number;
  max_bytes: number;
  max_total_bytes: number;
  max_edge: number;
  types: string[];
}

/** An optional setting that a model may take. */
export type Parameter = 'negative_prompt' | 'guidance_scale' | 'seed';

export interface ImageModel {
  id: string;
  name: string;
  provider: string;
  provider_name: string;
  available: boolean;
  unavailable_reason?: string;
  demo: boolean;
  max_count: number;
  max_prompt_characters: number;
  parameters: string[];
  /** Those of them that its provider has no field for. */
  written_into_prompt: string[];
  /** The first is the one for who names none. */
  sizes: ImageSize[];
  qualities: string[];
  edit?: EditLimits;
  price?: {
    output_usd_per_million: number;
    /** By size, and by size/quality where there are qualities. */
    about_usd_per_image: Record<string, number>;
  };
}

export interface ImageModels {
  items: ImageModel[];
  default_model: string;
  aliases: Record<string, string>;
}

/** What is asked for. */
export interface ImageRequest {
  model: string;
  prompt: string;
  negative_prompt?: string;
  count?: number;
  size?: string;
  quality?: string;
  guidance_scale?: number;
  seed?: number;
  image_file_ids?: string[];
}

/** A picture that was made. */
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

/** The answer to a request: a job has begun. */
export interface Begun {
  job_id: string;
  status: ImageJob['status'];
}
