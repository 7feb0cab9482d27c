/** The integrity value of every file that the loader brings in. Written by `make integrity`. */
export const PARTS = {
  "api.js": "sha256-B3Wmab2HgvyfgwcY111mShro1iAHvv9cOaJAr183/Cw=",
  "chat.js": "sha256-vfnCiptDT0v+nhsLgZjRbGYhRroloO7gCKVUG/PawQk=",
  "conversation.js": "sha256-uJSeGHFZWcHh5uO0zjexy0hSt/gW9nk3yJprwdnQYzc=",
  "dom.js": "sha256-W74zT/6ghgw9e/IVwUyxqM046V+8DgOJmn/jJJv861k=",
  "forms.js": "sha256-HACWILJdVaZpdmasWj9tVmOZjIXkJDlfpbK5nte+d4w=",
  "log.js": "sha256-AJ00tzqh48/QSTJXUaKqo+eXfPCtH5PUIGzckPKX4ww=",
  "message.js": "sha256-3GRzbqkBMvTVIek3T0tj+1Gf8Np3Hp7aS/263Z5OlBo=",
  "panel.css": "sha256-PJOdBL28KdUFYQkpTyl9uIgXxJeSWmcN1mZT96teNr4=",
  "panel.js": "sha256-fvAFoniG7/PzofTaHcMqwUlfnrQ34abYn/1yMdXOvdQ=",
  "session.js": "sha256-iIwCIhlo9gVWM+1MWlKwRYePr1WLuowLOmscPwT1EB8=",
  "words/en.js": "sha256-00y3x/u4PDXnjB95VxoYsNSGyUBe78DtzOVEXjQsKiM=",
  "words/es.js": "sha256-CMZmekxWnrC/cRewTNGibHHrqc+IefzvDf/Kbc76ne8=",
  "words.js": "sha256-QjSoeX8X1D2HhA4BiRo0cuW0X97mM2SPFd6hdtFE5fU="
};
