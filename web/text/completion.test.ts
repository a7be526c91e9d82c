// Who and what is called at the caret.
import { expect, test } from 'bun:test'
import { callAt, callFor, membersCalled } from './completion.ts'

const member = (name: string, email: string) => ({ name, email, owner: false, online: false, read: 0 })
const KATHE = member('Käthe Grüßmehl', 'kaethe@example.com')
const LINNEA = member('Linnéa Voßberg', 'linnea.vossberg@example.com')
const OTHER_LINNEA = member('linnea vossberg', 'other@example.com')
const NAMELESS = member('', 'nobody.knows@example.com')

const at = (text: string) => callAt(text.replace('|', ''), text.indexOf('|'))

test('an @ calls where a word could begin, and up to the caret', () => {
  expect(at('@|')).toEqual({ sign: '@', query: '', from: 0 })
  expect(at('Hello @Kä| and more')).toEqual({ sign: '@', query: 'Kä', from: 6 })
  expect(at('(@Käthe Grü|)')).toEqual({ sign: '@', query: 'Käthe Grü', from: 1 })
  expect(at('a\n@b|')).toEqual({ sign: '@', query: 'b', from: 2 })
})

test('an email address, a new line and a lone @ call nobody', () => {
  for (const text of ['write to a@b|', '@\nb|', '@ b|', 'nothing|', '|@a', `@${'a'.repeat(80)}|`]) {
    expect(at(text)).toBe(null)
  }
})

test('a colon calls an emoji after two letters, and neither a time nor a smiley does', () => {
  expect(at('Well :smi|')).toEqual({ sign: ':', query: 'smi', from: 5 })
  expect(at(':+1|')).toEqual({ sign: ':', query: '+1', from: 0 })
  for (const text of ['at 10:30|', 'so :D|', 'list: one|', ':)|', 'https://exa|']) expect(at(text)).toBe(null)
})

test('members are found by the beginning of a name, of a later word or of an email, whatever case and accents', () => {
  const all = [NAMELESS, LINNEA, KATHE]
  expect(membersCalled('KATHE', all)).toEqual([KATHE])
  expect(membersCalled('käthe grüss', all)).toEqual([KATHE])
  expect(membersCalled('voss', all)).toEqual([LINNEA])
  expect(membersCalled('nobody', all)).toEqual([NAMELESS])
  expect(membersCalled('', all)).toHaveLength(3)
  for (const none of ['x', 'Käthe Grüßmehl ', 'athe', 'example.com']) expect(membersCalled(none, all)).toEqual([])
  expect(membersCalled('l', [member('Max Lang', 'm@example.com'), LINNEA])[0]).toBe(LINNEA)
})

test('a member is called by name, and by email where others have that name too, or where there is none', () => {
  expect(callFor(KATHE, [KATHE, LINNEA])).toBe('@Käthe Grüßmehl ')
  expect(callFor(LINNEA, [LINNEA, OTHER_LINNEA])).toBe('@linnea.vossberg@example.com ')
  expect(callFor(NAMELESS, [NAMELESS, LINNEA])).toBe('@nobody.knows@example.com ')
})
