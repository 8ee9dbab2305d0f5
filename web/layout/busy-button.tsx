import { Button, type ButtonProps } from '@mantine/core';
import type { ComponentPropsWithRef } from 'react';

type BusyButtonProps = ButtonProps & Omit<ComponentPropsWithRef<'button'>, keyof ButtonProps>;

/**
 * A button whose work takes a while. One that is disabled meanwhile would lose the focus of the keyboard, so that this one
 * only does nothing.
 */
export function BusyButton({ loading = false, disabled = false, onClick, ...rest }: BusyButtonProps) {
  return (
    <Button
      {...rest}
      loading={loading}
      // As long as it is busy, a form is not sent by it either.
      onClick={loading ? (event) => event.preventDefault() : onClick}
      renderRoot={(root) => <button {...root} disabled={disabled} aria-disabled={loading || undefined} />}
    />
  );
}
