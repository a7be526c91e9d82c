// Files that are imported as their text.
declare module '*.css' {
  const text: string
  export default text
}
declare module '*.sql' {
  const text: string
  export default text
}
declare module '*.sh' {
  const text: string
  export default text
}
