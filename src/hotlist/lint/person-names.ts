/**
 * Given names and surnames that are rarely another word on a hot list. Names that are also makes, models, places,
 * months or plain words (Mercedes, Sierra, Jose in San Jose, April, Chase) are left out: they count only after a title
 * or a word such as "suspect".
 */
const given = `
aaron abby abdul abigail adam adriana adrian agnes ahmed aisha alan albert alberto alejandra alejandro alexander alexandra
alexis alfonso alfred alfredo alicia alison allen alma alvaro alyssa amanda amber amelia amy ana andrea andres andrew angela
angelica anita ann anna anne annette annie anthony antoine antonio armando arthur arturo ashley barbara beatriz ben benjamin
bernard bernice beth betty beverly brandi brandon brandy brenda brent brett brian brittany bryan caleb calvin
candice carl carla carlos carmen carol caroline carolyn carrie catherine cecilia cesar charlene charles cheryl chris
christian christina christine christopher cindy claire claudia clifford colleen connie corey craig cristina crystal curtis
cynthia daniel daniela danielle danny darlene darrell darren daryl dave david deborah debra denise dennis derek desiree
diana diane diego dmitri dominic donald donna doris dorothy douglas duane dustin dwayne dylan earl eddie edgar eduardo
edward edwin eileen elaine eleanor elena elijah elizabeth ellen elsa emanuel emily emma emmanuel enrique eric erica erik
erika ernest ernesto esteban esther ethan eugene eva evelyn felicia felipe fernando florence floyd frances francis
francisco frank franklin fred freddie frederick gabriel gabriela gary gene george gerald gerardo geraldine gilbert
gilberto gina gladys glen glenn gloria gordon gregory greg guadalupe guillermo gustavo harold harry heather hector heidi helen
henry herbert herman howard hugo ian ignacio irene isaac isabel isaiah ismael israel ivan jacob jacqueline jaime jake james
jamie jane janet janice jared jasmine jason javier jean jeff jeffery jeffrey jenna jennifer jenny jeremiah jeremy jerome jerry
jesse jessica jesus jill jim jimmy joan joann joanne joaquin joel john johnny jonathan jordan jorge joseph josephine joshua jose luiz
joyce juan juanita judith judy julia julian julie julio justin karen karina karl katherine kathleen kathryn kathy katie
katrina kayla keith kelly kelvin kenneth kenny kevin kimberly kristen kristin kristina kristine kurt kyle lakeisha larry latoya
laura lauren lawrence leah leon leonard leonardo leroy leslie leticia lewis lillian linda lisa lois loretta lori lorraine
louis louise lucas lucia lucille luis luz lydia lynn manuel marco marcos marcus margaret maria mariana marie marilyn mario
marion marjorie marlene marsha martha martin martina marvin mary mathew matthew maurice mauricio melanie melinda melissa
melvin micah michael michele michelle miguel mike mildred milton miriam mitchell mohamed mohammad mohammed monica morris
moses muhammad nancy naomi natalia natalie nathan nathaniel neil nicholas nichole nick nicolas nicole nikolai noah noel nora norma
norman oleg olga oliver omar oscar pablo pamela patricia patrick paul paula pauline pedro peggy pete peter philip phillip
phyllis priscilla rachel rafael ralph ramiro ramon ramona randall randy raquel raul raymond rebecca regina ricardo
richard ricky rigoberto rita robert roberta roberto rodney rodrigo roger roland ron ronald ronnie rosa
rosemary roxanne roy ruben rudy russell ruth ryan sabrina salvador sam samantha samuel sandra sara sarah scott sean sergei sergio
seth shane shannon sharon shaun shawn sheila shelly sherri sherry shirley silvia sofia sonia sophia stacey stacy
stanley stefan stella stephanie stephen steve steven stuart sue susan suzanne svetlana sylvia tamara tammy tanya tara ted teresa terri
terry thelma theodore theresa thomas tiffany tim timothy tina todd tom tommy toni tonya tracy travis trevor
tyler tyrone valerie vanessa vera vernon veronica vicki vicky victor victoria vincent viola vivian vladimir walter wanda
wayne wendy wesley wilfred william willie wilma xavier yesenia yolanda yvette yvonne zachary`;

const family = `
adams aguilar aguirre alexander allen alvarado alvarez anderson andrews armstrong arnold avila bailey baker barnes bell
bennett bernard boyd bradley brooks bryant burke burns butler calderon campbell cardenas carlson carpenter carrillo carroll
carter castillo castro cervantes chan chang chavez chen cho clark coleman collins contreras cooper cortez cruz cunningham davis
delgado diaz dixon dominguez duncan dunn duong edwards elliott ellis espinoza estrada evans ferguson fernandez figueroa fischer
fisher flores foster fowler fox freeman fuentes gallegos garcia garza gibson gomez gonzales gonzalez graham
greene griffin guerrero gutierrez guzman hall hamilton hansen hanson harper harris harrison hart harvey hawkins hayes
henderson hernandez herrera hicks hoffman holmes howard hudson hughes ibarra jackson jacobs jenkins jensen jimenez
johnson johnston jones juarez kaur kelley kennedy kim klein knight kumar lara larson lawrence lawson le lee lewis li lin liu
lopez luna lynch macias maldonado marquez marshall martin martinez mason matthews mccarthy mccoy mcdonald medina mejia
melendez mendez mendoza meyer miller mitchell molina montgomery montoya moore morales moreno morgan morris morrison munoz murphy
murray myers navarro nelson newman ngo nguyen nichols nunez o'brien o'connor ochoa oliver olson ortega ortiz owens pacheco
padilla palmer park parker patel patterson payne pena perez perkins perry peters petersen peterson pham phan phillips pineda
porter powell price quintero ramirez ramos reed reyes reynolds richards richardson rios rivas rivera robertson robinson
rodriguez rogers rojas romero rosales ross rubio ruiz ryan salas salazar salinas sanchez sanders sandoval santiago santos schmidt
schneider schultz scott serrano shaw silva simmons simpson singh smith snyder solis soto spencer stephens stevens
stewart stone suarez sullivan taylor thomas thompson torres tran trujillo tucker turner valdez valencia vargas vasquez vazquez vega
velasquez villa villanueva wagner walker wallace wang warren washington watkins watson weaver webb weber wells west
wheeler white wilson wong wood woods wright wu yang young zamora zhang zimmerman`;

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean));

export const givenNames = words(given);
export const familyNames = words(family);

/** Words after which a capitalised word is the name of a person that the entry is about. */
export const personWords = words(`
suspect suspects owner owners driver drivers subject passenger victim named alias aka
mr mrs ms miss mister dr neighbor neighbour roommate cousin uncle aunt husband wife boyfriend girlfriend son daughter brother sister mother father
parolee defendant arrestee fugitive occupant registrant`);

/** Words before the name of a colleague, which an entry may contain (B 466.11). */
export const colleagueWords = words(`
officer ofc det detective sgt sergeant lt lieutenant capt captain cmdr commander cpl corporal deputy dep chief
inspector insp agent dispatcher approved approver entered requested`);

/** Capitalised words on a hot list that are not part of a name. */
export const plainWords = words(`
acura alfa aston audi bentley bmw buick cadillac chevrolet chevy chrysler dodge ferrari fiat ford freightliner genesis gmc
harley honda hummer hyundai infiniti international isuzu jaguar jeep kawasaki kenworth kia lamborghini land lexus lincoln lucid
mack maserati mazda mercedes mercury mini mitsubishi nissan oldsmobile peterbilt plymouth polestar pontiac porsche ram range rivian
rolls saab saturn scion smart subaru suzuki tesla toyota volkswagen volvo vw yamaha benz romeo rover royce davidson martin
accord altima avalon aviator bronco camaro camry caprice caravan cayenne challenger charger cherokee civic colorado compass
continental corolla corsica corvette crown crv cruze dakota durango econoline edge elantra enclave equinox escalade escape
excursion expedition explorer express fiesta focus forester forte frontier fusion grand highlander impala impreza jetta journey
juke lancer legacy leaf lesabre malibu maxima marquis metris model murano mustang navigator neon odyssey optima outback pacifica
pathfinder patriot pilot prius promaster quest ranger rav4 regal renegade ridgeline rogue savana sentra sequoia sienna sierra
silverado sonata sonic sorento soul spark sportage sprinter suburban tacoma tahoe taurus telluride terrain tiguan titan town
country transit traverse trax tundra vehicle venza verano versa victoria wrangler xterra yaris yukon
black white silver gray grey blue red green gold tan beige brown orange yellow purple maroon burgundy primer
car truck van suv sedan coupe pickup wagon motorcycle trailer bus rv plate plates license licence vin rack ladder roof
north south east west northbound southbound eastbound westbound street avenue road highway county city state police pd so
sheriff department dept chp dmv ncic clets fbi dea atf bolo amber alert case report incident stolen wanted warrant felony
robbery burglary theft assault homicide murder shooting kidnapping carjacking narcotics dui hit run pursuit fled armed
dangerous caution unknown possible possibly male female adult juvenile and or in on at of with the a an is was has had
from to by for not no yes see contact per info information last seen near san santa los las el la st saint new fort lake
california nevada oregon arizona texas utah idaho virginia georgia carolina florida montana
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december used during left right front rear damage window tinted tint broken missing temp paper dealer
registered armed knife gun weapon firearm license unit task force division station mall store market bank park school
hospital hotel motel casino center plaza walmart target costco safeway
`);
