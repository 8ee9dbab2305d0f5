import { useState } from 'react';
import { fieldErrorsOf, problemOf } from '../api/problem.ts';

type Changed = { currentTarget: { value: string } };

/**
 * What is typed into the fields of a form, named as the API names them. `take` gives a text field its value, what is
 * wrong with it, and what to do when it changes; `rest` is what the refusal says of no field here.
 */
export function useFields<T extends Record<string, string>>(initial: T, error?: unknown) {
  const [given, setGiven] = useState(initial);
  const errors = fieldErrorsOf(error);
  const change = <Name extends keyof T>(name: Name, value: T[Name]) =>
    setGiven((known) => ({ ...known, [name]: value }));
  const take = (name: keyof T & string) => ({
    value: given[name],
    error: errors[name],
    onChange: ({ currentTarget: { value } }: Changed) => change(name, value as T[typeof name]),
  });
  return { given, change, take, rest: restOf(error, given) };
}

/** What is to be said beside the fields, if anything. */
function restOf(error: unknown, fields: object): object | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { errors = [] } = problemOf(error) ?? {};
  const others = errors.filter(({ path }) => !Object.hasOwn(fields, path));
  if (others.length === errors.length) return error;
  return others.length === 0 ? undefined : { ...error, errors: others };
}
