import { useState } from 'react';

type Changed = { currentTarget: { value: string } };

/**
 * What is typed into the fields of a form: `take` gives a text field its value, what is wrong with it, and what to do
 * when it changes.
 */
export function useFields<T extends Record<string, string>>(initial: T) {
  const [given, setGiven] = useState(initial);
  const change = <Name extends keyof T>(name: Name, value: T[Name]) =>
    setGiven((known) => ({ ...known, [name]: value }));
  const take = (name: keyof T & string, errors: Readonly<Record<string, string>>) => ({
    value: given[name],
    error: errors[name],
    onChange: ({ currentTarget: { value } }: Changed) => change(name, value as T[typeof name]),
  });
  return { given, change, take };
}
