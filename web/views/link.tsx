// A link that somebody wrote: it opens beside the page, and says where it leads if its text might not.
import type { ComponentChildren } from 'preact'
import { linkTo } from '../text/links.ts'
import { spoken } from '../words/spoken.ts'
import { useTabIndex } from './here.ts'
import { Plain } from './plain-text.tsx'

const words = spoken({ leads: 'leads to' }, { leads: 'führt zu' })

export interface LinkProps {
  readonly href: string
  readonly text: string
  /** What was written, for links that must not be any. */
  readonly raw: string
  readonly children: ComponentChildren
}

export function Link({ href, text, raw, children }: LinkProps) {
  const tabIndex = useTabIndex()
  const link = linkTo(href, text)
  if (!link) return <Plain text={raw} />
  return (
    <>
      <a href={link.href} target="_blank" rel="noopener noreferrer" tabIndex={tabIndex} title={link.href}>
        <bdi>{children}</bdi>
      </a>
      {link.host !== undefined && (
        <bdi class="true-host">
          {' '}
          (<span class="visually-hidden">{words.value.leads} </span>
          {link.host})
        </bdi>
      )}
    </>
  )
}
