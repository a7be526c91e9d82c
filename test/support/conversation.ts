// A conversation as a customer and a scrum master have it, with everything in it that a message can be.
import { becomes, enter, settles } from './client-room.ts'
import { CUSTOMER, Person, ROOM, SCRUM_MASTER } from './people.ts'
import type { Server } from './server.ts'

export const LONG_LINK = 'https://example.com/shop/checkout/steps/address?language=de&country=AT&return=%2Fbasket'

/** Both have left again afterwards; the customer has not read the last messages. */
export async function converse(server: Server): Promise<void> {
  const [customer, scrumMaster] = await Promise.all([
    Person.logIn(server, CUSTOMER),
    Person.logIn(server, SCRUM_MASTER),
  ])
  using anna = enter(customer, ROOM)
  using max = enter(scrumMaster, ROOM)
  await Promise.all([becomes(anna, 'live'), becomes(max, 'live')])
  const says = async (who: typeof anna, text: string, replyTo?: string) => {
    const settled = await who.send(text, replyTo === undefined ? {} : { replyTo }).settled
    if (settled.status !== 'stored') throw new Error(`not stored: ${JSON.stringify(settled)}`)
    return String(settled.offset)
  }
  await says(max, 'Good morning! The **address form** is ready for a look.')
  const plan = await says(
    max,
    'What is left for this week:\n\n- delivery to Austria\n- the order confirmation by email\n- ~~gift cards~~ (moved to June)',
  )
  const question = await says(anna, 'That looks good. Can people *change the address* after they have ordered?')
  const answer = await says(max, `Until the parcel is packed, yes. It is step 3 here: ${LONG_LINK}`, question)
  await says(anna, 'سؤال آخر: هل يمكن الدفع عند الاستلام؟')
  const code = await says(max, 'The feed for the shop window is:\n\n```\nGET /feed.json\nAccept: application/json\n```')
  await says(anna, '> step 3\n\nI tried it on my phone, and it works. 🎉')
  const wrong = await says(max, 'Release is on Tusday.')
  const secret = await says(anna, 'oops, wrong chat')
  await max.edit(wrong, 'Release is on Tuesday.').settled
  await anna.delete(secret).settled
  await anna.react(answer, '👍').settled
  await max.react(answer, '👍').settled
  await max.react(code, '🚀').settled
  await max.pin(plan).settled
  anna.read()
  await says(max, '@Customer the confirmation email is ready too. Here is how it reads:')
  await says(max, '🥐🥖')
  await Promise.all([settles(anna), settles(max)])
}
