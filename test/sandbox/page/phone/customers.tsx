import { Text, UnstyledButton } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { Customer } from '../control/world.ts';
import { PersonPlusIcon } from '../icons.tsx';
import { isNameless, PersonAvatar } from '../person-avatar.tsx';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/language.tsx';

type CustomersProps = {
  customers: Customer[];
  chosen: string | undefined;
  onChoose: (userId: string) => void;
  onNew: () => void;
};

/** Whose phone is in the hand. */
export function Customers({ customers, chosen, onChoose, onNew }: CustomersProps) {
  const t = useTexts();
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever is chosen elsewhere comes into sight
  useEffect(() => {
    const pressed = list.current?.querySelector('[aria-pressed="true"]');
    pressed?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosen]);
  return (
    <nav className="customers" aria-label={t.customers}>
      <div className="customer-list" ref={list}>
        {customers.map((customer) => (
          <UnstyledButton
            key={customer.userId}
            className="customer"
            data-nameless={isNameless(customer.name) || undefined}
            aria-pressed={customer.userId === chosen}
            aria-label={customer.name}
            title={`${customer.name}, ${addressOf(customer, t)}`}
            onClick={() => onChoose(customer.userId)}
          >
            <PersonAvatar name={customer.name} size={42} />
            <Text size="xs" truncate w="100%" ta="center">
              {isNameless(customer.name) ? customer.name : customer.name.split(' ')[0]}
            </Text>
          </UnstyledButton>
        ))}
      </div>
      <UnstyledButton
        className="customer new-customer"
        aria-label={t.newCustomer}
        title={t.newCustomer}
        onClick={onNew}
      >
        <span className="new-customer-circle">
          <PersonPlusIcon size={20} />
        </span>
        <Text size="xs" c="dimmed" w="100%" ta="center" truncate>
          {t.newCustomer}
        </Text>
      </UnstyledButton>
    </nav>
  );
}

function addressOf({ phone, username }: Customer, t: Texts): string {
  if (phone !== undefined) return `+${phone}`;
  return username === undefined ? t.noPhone : `@${username}`;
}
