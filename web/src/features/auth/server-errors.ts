import type { FieldValues, Path, UseFormReturn } from 'react-hook-form';
import { asProblem, type Problem } from '@/shared/api/problem';

/**
 * Puts what the server said is wrong at the fields that it names. Returns the
 * problem when something of it belongs to no field, for the form to show.
 */
export function placeErrors<T extends FieldValues>(form: UseFormReturn<T>, error: unknown): Problem | undefined {
  const problem = asProblem(error);
  const known = Object.entries(problem.fields).filter(([name]) => name in form.getValues());
  for (const [index, [name, message]] of known.entries()) {
    form.setError(name as Path<T>, { type: 'server', message }, { shouldFocus: index === 0 });
  }
  return known.length === 0 ? problem : undefined;
}
