import { Center, Loader, Text } from '@mantine/core';
import { useState } from 'react';
import { ActProvider } from './acting.tsx';
import { Bar, type View } from './bar/bar.tsx';
import { Business } from './business/business.tsx';
import { useWorld } from './control/use-world.ts';
import type { World } from './control/world.ts';
import { Mailings } from './mailings/mailings.tsx';
import { type InHand, Phone } from './phone/phone.tsx';
import { Planfix } from './planfix/planfix.tsx';
import { Templates } from './templates/templates.tsx';
import { useTexts } from './texts/language.tsx';

export function App() {
  const t = useTexts();
  const [inHand, setInHand] = useState<InHand>({});
  const { world, connected, refresh } = useWorld(inHand.customer);
  const [view, setView] = useState<View>('planfix');
  return (
    <ActProvider onDone={refresh}>
      <div className="page">
        <Bar world={world} connected={connected} view={view} onView={setView} />
        {world === undefined ? (
          <Center flex={1}>
            <Loader size="sm" mr="sm" />
            <Text c="dimmed">{t.loading}</Text>
          </Center>
        ) : (
          <Halves
            world={world}
            view={view}
            inHand={inHand}
            onTake={(change) => setInHand((known) => ({ ...known, ...change }))}
          />
        )}
      </div>
    </ActProvider>
  );
}

type HalvesProps = { world: World; view: View; inHand: InHand; onTake: (change: InHand) => void };

/** The customer's phone, and beside it whatever of the company is looked at. */
function Halves({ world, view, inHand, onTake }: HalvesProps) {
  return (
    <div className="halves">
      <Phone world={world} inHand={inHand} onTake={onTake} />
      <Planfix accounts={world.accounts} nowMs={world.nowMs} hidden={view !== 'planfix'} />
      {view === 'mailings' && (
        <Mailings world={world} onPhone={(customer, phoneNumberId) => onTake({ customer, phoneNumberId })} />
      )}
      {view === 'templates' && <Templates world={world} />}
      {view === 'business' && <Business world={world} />}
    </div>
  );
}
