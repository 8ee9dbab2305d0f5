import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';

const TYPING_MS = 300;

/**
 * What a page is narrowed to. The address keeps it, so that Back, a reload and other pages lead to the same; nothing
 * is left out.
 */
export function useAddress(): [params: URLSearchParams, put: (name: string, value: string) => void] {
  const [params, setParams] = useSearchParams();
  const put = (name: string, value: string) =>
    setParams(
      (known) => {
        const next = new URLSearchParams(known);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return [params, put];
}

/** A text field for what is looked for. The address follows what is typed, and the field what else changes the address. */
export function useSearchField() {
  const [params, put] = useAddress();
  const search = params.get('search') ?? '';
  const [typed, setTyped] = useState(search);
  const own = useRef(search);
  const putLater = useDebouncedCallback((value: string) => {
    own.current = value;
    put('search', value);
  }, TYPING_MS);
  useEffect(() => {
    if (search === own.current) return;
    own.current = search;
    putLater.cancel();
    setTyped(search);
  }, [search, putLater]);
  const onChange = ({ currentTarget: { value } }: { currentTarget: { value: string } }) => {
    setTyped(value);
    putLater(value.trim());
  };
  return { search, field: { type: 'search', maxLength: 100, value: typed, onChange } as const };
}
