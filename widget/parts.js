/** The integrity value of every file that the loader brings in. Written by `make integrity`. */
export const PARTS = {
  "api.js": "sha256-wQQjXFC6ml+sNzOA/7s4Vk8/zm7At4DPe6ZBc1WSGC8=",
  "chat.js": "sha256-Jg4b0xMd7CIoFUxI0cR0VV2s59NsQ9M/QKnlTeGE+b8=",
  "conversation.js": "sha256-rWEzcJSyrOjp6M1anAlcbg0LfJwcxuj6jNi3F5NWW1Q=",
  "dom.js": "sha256-W74zT/6ghgw9e/IVwUyxqM046V+8DgOJmn/jJJv861k=",
  "ending.js": "sha256-Ae3EkoWJ5rE/ORIcpneIQD9n8CUFQnCPPsRVJTFCKzg=",
  "forms.js": "sha256-xU6RqikCIQXXvRtXgNyVuV/1LXzKsv0oESpBlfLTWpg=",
  "log.js": "sha256-+MBJhMJ0OBopRfi1TLmBiDT66KAAm4Yw4UM9SdR1PhU=",
  "message.js": "sha256-SNifqVQpLh9IkNhLT5jSHH14BM9Kh5dpdDgN9Z+AVY0=",
  "panel.css": "sha256-U/nlAqj7Xix55k7m+JxJ71PYRZHS8Qvg7u+fqvz+Icw=",
  "panel.js": "sha256-LPTJ1n5gTDWTaUfv9k0SFZvffAzLe9lHGDG74HgW2jA=",
  "session.js": "sha256-A2/3RUl4VRNJY4qrFlIU9AxWPdclXwv1KrVG/23PS3Y=",
  "words/en.js": "sha256-00y3x/u4PDXnjB95VxoYsNSGyUBe78DtzOVEXjQsKiM=",
  "words/es.js": "sha256-CMZmekxWnrC/cRewTNGibHHrqc+IefzvDf/Kbc76ne8=",
  "words.js": "sha256-QjSoeX8X1D2HhA4BiRo0cuW0X97mM2SPFd6hdtFE5fU="
};
