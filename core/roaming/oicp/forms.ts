/** The forms of identifiers and texts in OICP 2.3 (CPO data types, simple restricted strings), anchored at both ends. */
export const forms = {
  /** ISO 15118 or DIN SPEC 91286. */
  evseId: /^(?:[A-Z]{2}\*?[A-Z0-9]{3}\*?E[A-Z0-9*]{1,30}|\+?[0-9]{1,3}\*[0-9]{3}\*[0-9*]{1,32})$/,
  evcoId:
    /^(?:[A-Za-z]{2}-?[A-Za-z0-9]{3}-?C[A-Za-z0-9]{8}-?[A-Za-z0-9]|[A-Za-z]{2}[*-]?[A-Za-z0-9]{3}[*-]?[A-Za-z0-9]{6}[*-]?[0-9X])$/,
  operatorId: /^(?:[A-Za-z]{2}\*?[A-Za-z0-9]{3}|\+?[0-9]{1,3}\*[0-9]{3})$/,
  providerId: /^[A-Za-z]{2}[*-]?[A-Za-z0-9]{3}$/,
  sessionId: /^[A-Za-z0-9]{8}(?:-[A-Za-z0-9]{4}){3}-[A-Za-z0-9]{12}$/,
  /** Of 4, 7 or 10 bytes. */
  uid: /^(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})$/,
  phone: /^\+[0-9]{5,15}$/,
  language: /^[a-z]{2,3}(?:-[A-Z]{2,3}(?:-[a-zA-Z]{4})?)?(?:-x-[a-zA-Z0-9]{1,8})?$/,
  degrees: /^-?1?\d{1,2}\.\d{1,6}$/,
  country: /^[A-Z]{3}$/,
  timeOfDay: /^[0-9]{2}:[0-9]{2}$/,
  dateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/,
} as const
