/**
 * Words that people often choose, without the digits, signs and capitals that they add: `password-rules.ts` strips
 * those before it compares, so one word here covers thousands of passwords.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `
  password passwort passphrase passcode passkey pass parola contrasena motdepasse secret secreto geheim topsecret
  letmein welcome willkommen bienvenido hello hallo hola login logon signin access opensesame sesame changeme
  changeit change default temporary temp temppass initial newpass newpassword mypassword yourpassword thepassword
  nopassword oldpassword firstpassword secondpassword password1password user username admin administrator root
  superuser supervisor sysadmin system operator manager guest test testing tester demo example sample training trainee
  service support helpdesk computer internet laptop desktop server database network wireless router
  qwerty qwertyuiop qwertyui qwert asdf asdfgh asdfghjkl asdfasdf zxcvbn zxcvbnm qazwsx qazwsxedc wsxedc qweasd
  qweasdzxc azerty qwertz yxcvbnm abc abcd abcde abcdef abcdefg abcdefgh abcabc abcxyz xyz zxc zaq zaqxsw
  iloveyou iloveu ilovegod love lovely loveme lover sweetheart sweety honey baby babygirl darling princess prince queen
  king angel angels heaven jesus jesuschrist christ godisgood blessed faith grace spirit hope trust trustno trustnoone
  dragon monkey tiger lion panther eagle falcon hawk wolf bear shark dolphin turtle butterfly kitten kitty puppy doggy
  buster charlie max bailey buddy shadow ginger pepper cookie coffee chocolate cheese banana orange apple cherry
  strawberry pumpkin peanut butter pizza burger whiskey tequila vodka corona budweiser
  football baseball basketball soccer hockey golf tennis softball volleyball wrestling boxing fishing hunting surfing
  skating raiders giants dodgers warriors lakers athletics padres niners fortyniners cowboys steelers packers yankees
  redsox patriots broncos chargers rams kings sharks ducks angelsbaseball chelsea arsenal liverpool barcelona
  realmadrid manchester united
  superman batman spiderman ironman starwars startrek matrix pokemon naruto mickey mickeymouse minnie donald garfield
  snoopy harrypotter gandalf frodo legolas yoda vader hunter ranger trooper marine marines army navy airforce soldier
  sniper gunner shooter killer ninja samurai warrior viking knight wizard master thunder lightning storm phoenix
  mustang camaro corvette ferrari porsche mercedes toyota honda chevy chevrolet ford dodge jeep harley yamaha kawasaki
  suzuki harleydavidson nascar racing speed turbo
  summer winter spring autumn fall sunshine sunset sunrise rainbow flower flowers rose roses lily daisy jasmine violet
  january february march april may june july august september october november december
  monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday
  spring summertime wintertime christmas halloween easter birthday holiday vacation happy happyday smile
  america american usa freedom liberty california californian oakland vallejo napa barstow walnutcreek sanfrancisco
  losangeles sandiego sacramento fresno sanjose bayarea newyork texas florida chicago boston
  michael michelle jennifer jessica jordan daniel andrew joshua matthew robert thomas anthony william joseph david
  james john richard charles steven kevin brian george edward ashley amanda sarah nicole stephanie melissa elizabeth
  maria jose juan carlos luis miguel
  police policeman policeofficer officer cop cops sheriff deputy detective patrol patrolcar patrolman dispatch
  dispatcher sergeant lieutenant captain chief commander badge handcuffs squad swat department policedepartment
  lawenforcement law justice crime bluelives thinblueline protectandserve tenfour backup code codered
  lookout bolo alpr plate plates platereader licenseplate licenceplate hotlist camera reader clets ncic cjis flock
  vigilant vehicle stolen stolenvehicle
  nothing nobody somebody whatever whatsup please thankyou goodluck lucky luckyme money cash dollar bigmoney poker
  casino winner champion number one numberone first best thebest awesome cool goodday goodmorning fuckyou fuckoff
  bitch asshole bullshit blink metallica nirvana eminem beatles elvis madonna slipknot guitar music dance rockstar
  rocknroll school college university teacher student library science biology history summerschool
  family mother father mommy daddy mom dad brother sister grandma grandpa wife husband friends forever friend
  bestfriend together always never
  `
    .trim()
    .split(/\s+/),
);
