import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import type { World } from '../control/world.ts';
import { EmptyState } from '../empty-state.tsx';
import { HalfTitle } from '../half-title.tsx';
import { ChatIcon, PersonPlusIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import { ChatView } from './chat-view.tsx';
import { Customers } from './customers.tsx';
import { NewCustomer } from './new-customer.tsx';

/** Whose phone, in the chat with which business number; the first of either unless somebody chose. */
export type InHand = { customer?: string | undefined; phoneNumberId?: string | undefined };

type PhoneProps = { world: World; inHand: InHand; onTake: (change: InHand) => void };

/** The customer's half: whose phone, which business number, and their chat. */
export function Phone({ world, inHand, onTake }: PhoneProps) {
  const t = useTexts();
  const [creating, setCreating] = useState(false);
  const customer = world.customers.find((one) => one.userId === inHand.customer) ?? world.customers[0];
  const number = world.numbers.find((one) => one.phoneNumberId === inHand.phoneNumberId) ?? world.numbers[0];
  const chat = world.chats.find(
    (one) => one.customer === customer?.userId && one.phoneNumberId === number?.phoneNumberId,
  );
  return (
    <aside className="half whatsapp" aria-label={t.whatsapp}>
      <Group className="half-head" wrap="nowrap">
        <HalfTitle name={t.whatsapp} side={t.customerSide} />
      </Group>
      <Customers
        customers={world.customers}
        chosen={customer?.userId}
        onChoose={(userId) => onTake({ customer: userId })}
        onNew={() => setCreating(true)}
      />
      {number === undefined && (
        <EmptyState icon={<ChatIcon size={28} />} title={t.noNumberTitle} hint={t.noNumberHint} />
      )}
      {number !== undefined && customer === undefined && (
        <EmptyState icon={<ChatIcon size={28} />} title={t.noCustomerTitle} hint={t.noCustomerHint}>
          <Button mt="sm" leftSection={<PersonPlusIcon />} onClick={() => setCreating(true)}>
            {t.createCustomer}
          </Button>
        </EmptyState>
      )}
      {number !== undefined && customer !== undefined && (
        <ChatView
          key={`${customer.userId} ${number.phoneNumberId}`}
          number={number}
          numbers={world.numbers}
          onNumber={(phoneNumberId) => onTake({ phoneNumberId })}
          customer={customer}
          chat={chat}
          nowMs={world.nowMs}
        />
      )}
      <NewCustomer
        opened={creating}
        onClose={() => setCreating(false)}
        onCreated={(userId) => onTake({ customer: userId })}
      />
    </aside>
  );
}
